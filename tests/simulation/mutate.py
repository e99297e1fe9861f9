#!/usr/bin/env python3
"""Puts faults into a copy of the sources, one at a time, and counts how soon the simulation finds each.

    python3 tests/simulation/mutate.py            # all of them, as a Markdown table
    python3 tests/simulation/mutate.py NAME…      # some of them
    python3 tests/simulation/mutate.py --list

The copy and its build are below target/simulation-faults. SIMULATION_SEEDS sets another number of seeds than CI's.
What a call or a world does wrong is found by tests/simulation, what threads do by tests/threads. A fault is a text of a file and what takes its place; a text that is not there exactly once is an error, so that the list
cannot rot in silence.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / "target" / "simulation-faults"
CORE = "crates/cloudinary-provisioning/src/"
PLAN = "crates/cloudinary-provisioning-plan/src/"
SEEDS = os.environ.get("SIMULATION_SEEDS", "2000")

# Name, file below core's sources, text, replacement.
FAULTS = [
    ("retry a create after a lost response", "call/retry.rs",
     "Retryable::IfSafe if self.safety == Safety::NotIdempotent && !self.policy.retry_unsafe =>",
     "Retryable::IfSafe if false =>"),
    ("send a create again though names need not be unique", "call/exchange.rs",
     "let send_again = is_unique && !last.is_conflict();", "let send_again = !last.is_conflict();"),
    ("forget that an attempt may have been applied", "call/retry.rs",
     "self.maybe_applied |= may_have_applied && self.safety != Safety::Safe;",
     "self.maybe_applied = may_have_applied && self.safety != Safety::Safe;"),
    ("take a 503 for not applied", "operation/safety.rs",
     "408 | 500 | 502..=504 => (true, IfSafe),", "408 | 500 | 502..=504 => (false, IfSafe),"),
    ("take a truncated success for not applied", "operation/safety.rs",
     "ErrorKind::Transport(TransportError::MaybeSent(_)) | ErrorKind::Truncated(_) => (true, IfSafe),",
     "ErrorKind::Truncated(_) => (false, IfSafe),\n"
     "        ErrorKind::Transport(TransportError::MaybeSent(_)) => (true, IfSafe),"),
    ("take a response that cannot be read for not applied", "operation/safety.rs",
     "| ErrorKind::SecretLost { .. } => (true, Never),", "| ErrorKind::SecretLost { .. } => (false, Never),"),
    ("take a lost request for not sent", "operation/safety.rs",
     "ErrorKind::Transport(TransportError::NotSent(_)) => (false, Always),",
     "ErrorKind::Transport(TransportError::NotSent(_) | TransportError::MaybeSent(_)) => (false, Always),"),
    ("do not retry what was not sent", "operation/safety.rs",
     "ErrorKind::Transport(TransportError::NotSent(_)) => (false, Always),",
     "ErrorKind::Transport(TransportError::NotSent(_)) => (false, Never),"),
    ("do not retry a 503 of what is safe", "operation/safety.rs",
     "408 | 500 | 502..=504 => (true, IfSafe),", "408 | 500 | 502 | 504 => (true, IfSafe),\n            503 => (true, Never),"),
    ("ignore the hint of a call", "call/retry.rs",
     "let Some(hint) = hint else {", "let Some(hint) = hint.filter(|_| false) else {"),
    ("look for a lost create before the hint is over", "call/exchange.rs",
     "let Some(hint) = error.retry_after() else {", "let Some(hint) = None else {"),
    ("shorten a hint to what is allowed", "call/retry.rs",
     "let delay = hint.saturating_add(scale_by(HINT_JITTER, jitter));",
     "let hint = hint.min(self.max_server_delay);\n        let delay = hint.saturating_add(scale_by(HINT_JITTER, jitter));"),
    ("read a date against the local clock", "outcome/headers.rs",
     "reference.or_else(|| now.map(unix_seconds))?", "now.map(unix_seconds).or(reference)?"),
    ("read the first of several hints", "outcome/headers.rs",
     "delays.max().or_else(||", "{ delays }.next().or_else(||"),
    ("round a fraction of a second down", "outcome/headers.rs",
     "fraction.bytes().chain(std::iter::repeat(b'0')).take(9)", "fraction.bytes().take(0).chain(std::iter::repeat(b'0')).take(9)"),
    ("ignore the reset of the rate limit", "outcome/headers.rs",
     "if is_throttled(status) { until_reset(headers, now) } else { None }", "None"),
    ("add more jitter to a hint than a second", "call/retry.rs",
     "const HINT_JITTER: Duration = Duration::from_secs(1);", "const HINT_JITTER: Duration = Duration::from_secs(5);"),
    ("double the delay without a bound", "call/retry.rs",
     "self.base_delay.saturating_mul(factor).min(self.max_delay)", "self.base_delay.saturating_mul(factor).saturating_mul(2)"),
    ("make an attempt too many", "call/retry.rs",
     "if attempts >= self.max_attempts {", "if attempts > self.max_attempts {"),
    ("make an attempt too few", "call/retry.rs",
     "if attempts >= self.max_attempts {", "if attempts.saturating_add(1) >= self.max_attempts.max(2) {"),
    ("wait for a hint longer than there is time", "call/exchange.rs",
     "let Some(reason) = hinted.or_else(|| policy.refuses(delay, false, elapsed)) else { return Ok(()) };",
     "let Some(reason) = hinted.filter(|_| false) else { return Ok(()) };"),
    ("wait for a hint a second time after a look-up", "call/exchange.rs",
     "policy.delay_after(attempts, None, elapsed, at.jitter)", "policy.delay_after(attempts, last.retry_after(), elapsed, at.jitter)"),
    ("give each attempt all of its time", "call/retry.rs",
     "self.attempt_timeout.min(self.total_timeout.saturating_sub(elapsed)).max(SHORTEST_TIMEOUT)",
     "self.attempt_timeout.max(SHORTEST_TIMEOUT)"),
    ("wait for a place without a limit", "call/driver.rs",
     "wait(throttle.place(), left).await;", "wait(throttle.place(), left.saturating_mul(1_000)).await;"),
    ("retry on the same connection", "call/exchange.rs",
     "fn retry_after(&mut self, delay: Duration, error: Error) -> Step<'_, O::Output> {\n"
     "        self.request.extensions_mut().insert(FreshConnection);",
     "fn retry_after(&mut self, delay: Duration, error: Error) -> Step<'_, O::Output> {"),
    ("send a create on an idle connection", "call/exchange.rs",
     "if safety == Safety::NotIdempotent {", "if false {"),
    ("hold nobody else back for a hint", "call/throttle.rs",
     "if until > self.not_before {", "if false && until > self.not_before {"),
    ("let a later hint shorten an earlier one", "call/throttle.rs",
     "if until > self.not_before {", "if until != self.not_before {"),
    ("do not hold back after a success with nothing left", "call/throttle.rs",
     "Some(reset) => self.hold(reset, at),", "Some(_) => self.grow(),"),
    ("let one far header silence a client", "call/throttle.rs",
     "at.now.saturating_add(delay.min(LONGEST_WINDOW))", "at.now.saturating_add(delay)"),
    ("do not reduce the calls in flight", "call/throttle.rs",
     ".min(in_flight) / 2).max(1));", ".min(in_flight)).max(1));"),
    ("reduce them for each of a burst", "call/throttle.rs",
     "if epoch == self.epoch {", "if epoch <= self.epoch {"),
    ("let too many calls in flight", "call/throttle.rs",
     "limit.is_some_and(|limit| self.in_flight >= limit)", "limit.is_some_and(|limit| self.in_flight > limit)"),
    ("let one more in flight after each success", "call/throttle.rs",
     "if self.successes >= limit {", "if self.successes >= 1 {"),
    ("drop a permit with its future", "call/driver.rs",
     "if let Some((throttle, permit)) = self.0.take() {\n            throttle.release(permit);",
     "if let Some((throttle, permit)) = self.0.take().filter(|_| false) {\n            throttle.release(permit);"),
    ("wake nobody after an attempt", "call/shared_throttle.rs",
     "self.change(|state| state.throttle.settle(permit, outcome, at));",
     "self.lock().throttle.settle(permit, outcome, at);"),
    ("do not pass on a turn that is not taken", "call/driver.rs",
     "if !self.is_taken {", "if false {"),
    ("forget that a place was dropped", "call/shared_throttle.rs",
     "self.throttle.change(|state| {\n            state.remove(number);\n        });", "let _ = number;"),
    ("wake the same one again and again", "call/shared_throttle.rs",
     "waiting.is_woken = false;\n", "\n"),
    ("go on after a call was cancelled", "call/driver.rs",
     "if driver.is_cancelled() {\n            return Err(exchange.cancel(began));\n        }", ""),
    ("say nothing of the end of a call", "call/driver.rs",
     "driver.on_end(&CallEvent {", "let _ = |driver: &D| driver.on_end(&CallEvent {"),
    ("compare emails by case", "api/users.rs",
     "it.eq_ignore_ascii_case(&create.email)", "*it == create.email"),
    ("recover a group by name alone", "api/user_groups.rs",
     "Ok(lookup.looking_before())", "Ok(Lookup { needs_before: false, ..lookup })"),
    ("recover whatever has the natural key", "call/recovery.rs",
     "let is_possible = age >= -2 * TIME_RESOLUTION;\n        is_possible.then(||", "let is_possible = true;\n        is_possible.then(|| true ||"),
    ("trust a slow look-up", "call/recovery.rs",
     "Some(true) if earliest == Some(false) => looking.is_slow = true,",
     "Some(true) if earliest == Some(false) && false => {}"),
    ("do not compare the fields of a recovered user", "api/users.rs",
     "create.made(&user), user", "true, user"),
    ("take a missing description for the one asked for", "api/custom_policies.rs",
     "description.is_none_or(|asked| policy.description.as_ref() == Some(asked))",
     "description.is_none_or(|asked| policy.description.as_ref().is_none_or(|shown| shown == asked))"),
    ("recover a policy by its name alone", "api/custom_policies.rs",
     "&& policy.policy_statement.as_ref().is_some_and(|it| same_statement(it, &create.policy_statement))", ""),
    ("do not look for a lost create", "call/exchange.rs",
     "if recovery.recovers() && may_be_there {", "if false && recovery.recovers() && may_be_there {"),
    ("look at the first page alone", "call/recovery.rs",
     "Some((Ok(request), next)) if looking.pages.insert(key_of(&request)) =>",
     "Some((Ok(request), next)) if false && looking.pages.insert(key_of(&request)) =>"),
    ("return a key without its secret", "api/access_keys.rs",
     "if has_secret {\n            return candidate;\n        }\n        candidate.without_secret",
     "if has_secret || true {\n            return candidate;\n        }\n        candidate.without_secret"),
    ("end a list with a page that brings nothing new", "call/pager.rs",
     "let has_no_news = is_empty || (was_stale && self.is_stale);",
     "let has_no_news = is_empty || was_stale || self.is_stale;"),
    ("return an item of a list twice", "call/pager.rs",
     "items.retain(|item| self.seen.insert(hash(O::key(item))));", "items.retain(|item| self.seen.insert(hash(O::key(item))) || true);"),
    ("end a list with a short page", "call/pager.rs",
     "let is_over = self.operation.is_whole()", "let is_over = items.len() < 2 || self.operation.is_whole()"),
    ("end a list by cursor with its first page", "call/pager.rs",
     "page.next_cursor().filter(|cursor| !cursor.is_empty()).map(str::to_owned)",
     "page.next_cursor().filter(|_| false).map(str::to_owned)"),
    ("read ahead in a list that is sorted otherwise", "call/pager.rs",
     "|| !self.operation.grows_at_its_end()", ""),
]

ADAPTER = "crates/cloudinary-provisioning-ureq/src/"

# The same, below the sources of the plan crate.
PLAN_FAULTS = [
    ("skip the guards between steps", "apply/apply.rs",
     "match Refused::unless_empty(self.guards.judge(&self.account, &self.progress, step)) {",
     "match Refused::unless_empty(Vec::new()) {"),
    ("count an admin who is being disabled", "guard.rs",
     "if let Effect::LosesAdmin(id) = &step.effect {\n            self.admins.remove(id);",
     "if let Effect::LosesAdmin(id) = &step.effect {\n            let _ = id;"),
    ("count an admin who is being made", "guard.rs",
     "if let Effect::LosesAdmin(id) = &step.effect {\n            self.admins.remove(id);",
     "self.succeed(step);\n        if let Effect::LosesAdmin(id) = &step.effect {\n            self.admins.remove(id);"),
    ("let the caller be changed", "guard.rs",
     "if self.me.as_ref().is_some_and(|me| concerns(step, me)) {",
     "if self.me.as_ref().is_some_and(|me| false && concerns(step, me)) {"),
    ("remove though something could not be read", "plan/plan.rs",
     "if blocked.iter().any(|blocked| blocked.cause == Cause::Unread) {", "if false {"),
    ("remove what is not declared", "plan/builder.rs", "self.manifest.prune.contains(&kind)", "self.manifest.prune.contains(&kind) || true"),
    ("take a page that failed for the end of the users", "survey/pages.rs",
     "(self.failed, self.ended) = (Some(reason), true);", "(self.failed, self.ended) = (Some(reason).filter(|_| false), true);"),
    ("tell emails apart by case", "snapshot/convention.rs", "email.as_ref().to_ascii_lowercase()", "email.as_ref().to_owned()"),
    ("take the first of several of one name", "plan/pairing.rs", "([at], _) => Pairing::Found(*at),", "([at, ..], _) => Pairing::Found(*at),"),
    ("go on before a secret is stored", "apply/apply.rs",
     "if !self.unstored.is_empty() || self.has_secret_under_way() {", "if self.has_secret_under_way() {"),
    ("say that a lost step was not applied", "apply/apply.rs", "ended.maybe_applied = maybe_applied;", "ended.maybe_applied = false;"),
    ("take any conflict for what was wanted", "apply/apply.rs",
     "(Work::AddMember { .. }, _) if error.is_conflict() => {", "_ if error.is_conflict() => {"),
    ("remove members who are ignored", "plan/groups.rs",
     "if self.is_ignored(ObjectKind::Users, &email) || self", "if self"),
    ("end the users with a short page", "survey/pages.rs", "self.ended = users.is_empty();", "self.ended = users.len() < 2;"),
    ("begin another step beside one that yields a secret", "apply/apply.rs",
     "return if is_alone {", "return if is_alone && false {"),
    ("begin a step whose need has failed", "apply/apply.rs",
     "Some(State::Ended(ended)) if ended.ending == Ending::Done => {}", "Some(State::Ended(_)) => {}"),
    ("say that a partly applied step was not applied", "apply/apply.rs",
     "ended.maybe_applied = true;", "ended.maybe_applied = false;"),
    ("believe every response of an update", "apply/apply.rs",
     "let fields = mismatches(&step.work, &applied, &self.ids);", "let fields: Vec<&str> = Vec::new();"),
    ("disable an old key before its successor has its roles", "plan/order.rs",
     "Work::RetireKey { successor, .. } => [roles.get(successor), purposes.get(successor)],",
     "Work::RetireKey { .. } => [None, None],"),
    ("give a successor no roles", "rotation/rotation.rs",
     "Ok(assignments) => manifest.assignments.extend(assignments),", "Ok(_) => {}"),
    ("hand over to a key whose secret is lost", "apply/apply.rs",
     "if is_after_secret(&step.work) =>", "if false =>"),
    ("replace a key a second time", "rotation/pair.rs", "[new] => Some(*new),", "[_] => None,"),
    ("disable a key whose successor is disabled", "rotation/pair.rs",
     "!self.is_over() && self.new.is_some_and(|new| new.enabled == Some(false))", "false"),
    ("delete a key that was not replaced", "rotation/pair.rs",
     'let Some(new) = self.new else { return Some("it was not replaced".to_owned()) };', "let Some(new) = self.new else { return None };"),
]

# The same for what only threads can do to each other: file below the root, found by the schedules of `tests/threads`.
THREAD_FAULTS = [
    ("wake a thread without telling it", ADAPTER + "cancel.rs", "self.woken.notify_all();", ""),
    ("hand out a wakeup that missed its cancelling", ADAPTER + "cancel.rs",
     "if self.is_cancelled() {\n            wakeup.wake_by_ref();\n        }", ""),
    ("hand out a flag that missed its parent's", ADAPTER + "cancel.rs",
     "if self.is_cancelled() {\n            child.cancel();\n        }", ""),
    ("cancel a flag without those below it", ADAPTER + "cancel.rs",
     "children.iter().filter_map(Weak::upgrade).for_each(|child| child.cancel());", "let _ = children;"),
    ("leave workers waiting for jobs", ADAPTER + "pool.rs", "self.jobs = None;", ""),
    ("go on with what is queued after the iterator is dropped", ADAPTER + "pool.rs", "self.cancel.cancel();", ""),
    ("lose the result of a panic", ADAPTER + "pool.rs",
     "if done.send((number, operation, result)).is_err()", "if result.is_err() { continue; }\n                if done.send((number, operation, result)).is_err()"),
    ("wake one thread too few", CORE + "call/shared_throttle.rs",
     "let room = self.throttle.room().unwrap_or(usize::MAX);", "let room = self.throttle.room().unwrap_or(usize::MAX).saturating_sub(1);"),
    ("release a place without waking anybody", CORE + "call/shared_throttle.rs",
     "self.change(|state| state.throttle.release(permit));", "self.lock().throttle.release(permit);"),
    ("let a thread that has no place be one of those in flight", CORE + "call/throttle.rs",
     "if self.limit.is_some_and(|limit| self.in_flight >= limit) {", "if self.limit.is_some_and(|limit| self.in_flight > limit) {"),
]

WORLD_FAULTS = [(name, folder + file, *rest) for folder, faults in [(CORE, FAULTS), (PLAN, PLAN_FAULTS)]
                for name, file, *rest in faults]


def copy():
    """Copies the sources, and leaves alone what has not changed, so that little is built again."""
    COPY.mkdir(parents=True, exist_ok=True)
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, names):
        source, target = ROOT / name, COPY / name
        if not source.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists() or target.read_bytes() != source.read_bytes():
            shutil.copyfile(source, target)


def cargo(*arguments):
    environment = {**os.environ, "RUSTFLAGS": "-Awarnings", "CARGO_TARGET_DIR": str(COPY / "target")}
    return subprocess.run(["cargo", *arguments], cwd=COPY, capture_output=True, text=True, env=environment, timeout=1_800)


def run_seeds():
    """Runs the seeds, and returns what was found: a property and the first seed, or None."""
    done = cargo("run", "-q", "-p", "cloudinary-provisioning-simulation", "--example", "survey", "--", "--first", SEEDS)
    found = re.search(r"^FIRST (\S+) (\d+)$", done.stdout, re.MULTILINE)
    if not found and done.returncode != 0:
        sys.exit(f"the fault cannot be built or run:\n{done.stderr}")
    return found and found.groups()


def run_schedules():
    """Runs the schedules of threads, and returns which test failed and how, or None."""
    if cargo("build", "-q", "-p", "cloudinary-provisioning-threads", "--tests").returncode != 0:
        sys.exit("the fault cannot be built")
    done = cargo("test", "-q", "-p", "cloudinary-provisioning-threads")
    failed = re.search(r"^(\w+) --- FAILED", done.stdout, re.MULTILINE)
    if done.returncode == 0:
        return None
    return (failed.group(1) if failed else "a crash", "deadlock" if "deadlock" in done.stdout + done.stderr else "")


def main(names):
    if names == ["--list"]:
        return print("\n".join(name for name, *_ in WORLD_FAULTS + THREAD_FAULTS))
    unknown = set(names) - {name for name, *_ in WORLD_FAULTS + THREAD_FAULTS}
    if unknown:
        sys.exit(f"no such fault: {', '.join(unknown)}")
    copy()
    everything = [(run_seeds, "seed", WORLD_FAULTS)]
    everything.append((run_schedules, "how", THREAD_FAULTS))
    missed = 0
    for run, last, faults in everything:
        print(f"| fault put in | in | found by | {last} |\n|---|---|---|---|")
        for name, file, text, replacement in faults:
            if names and name not in names:
                continue
            path = COPY / file
            source = path.read_text()
            if source.count(text) != 1:
                sys.exit(f"{name}: its text is {source.count(text)} times in {file}")
            path.write_text(source.replace(text, replacement))
            try:
                found = run()
            finally:
                path.write_text(source)
            missed += not found
            by, where = (f"`{found[0]}`", found[1]) if found else ("**nothing**", "")
            shown = file.removeprefix("crates/cloudinary-provisioning").replace("/src/", " ").strip("- ")
            print(f"| {name} | `{shown}` | {by} | {where} |", flush=True)
        print()
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
