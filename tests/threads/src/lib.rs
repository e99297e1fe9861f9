//! What threads do to each other in core's throttle, and in the adapter's cancelling, pool and bulk calls: the sources
//! themselves, with the locks, channels and threads of `shuttle` in place of the standard library's, in thousands of
//! random schedules. The engine between them is a stand-in.
//!
//! A thread that waits for a wake-up that was lost is a deadlock here, which `shuttle` reports with its schedule.

#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    unused_mut,
    clippy::module_inception,
    clippy::needless_for_each,
    clippy::similar_names,
    clippy::single_match_else,
    clippy::unused_self,
    reason = "most of it is parts of other crates, which are checked where they belong"
)]

// What the sources below call `std`.
extern crate self as std;
extern crate std as real_std;

pub use real_std::*;

pub mod sync {
    pub use real_std::sync::{LockResult, PoisonError};
    pub use shuttle::sync::*;
}

pub mod thread {
    pub use shuttle::thread::*;
}

#[path = "../../../crates/cloudinary-provisioning-ureq/src/cancel.rs"]
mod cancel;
mod engine;
#[path = "../../../crates/cloudinary-provisioning/src/outcome/headers.rs"]
mod headers;
#[path = "../../../crates/cloudinary-provisioning-ureq/src/pool.rs"]
mod pool;
#[path = "../../../crates/cloudinary-provisioning-ureq/src/send_all.rs"]
mod send_all;
#[path = "../../../crates/cloudinary-provisioning/src/call/shared_throttle.rs"]
mod shared_throttle;
#[path = "../../../crates/cloudinary-provisioning/src/call/throttle.rs"]
mod throttle;

/// Where the sources look for each other.
mod call {
    pub(crate) use super::throttle;

    pub(crate) mod reading {
        pub(crate) use cloudinary_provisioning::Reading;
    }

    pub(crate) mod retry {
        use real_std::time::Duration;

        pub(crate) fn scale_by(bound: Duration, _: u64) -> Duration {
            bound / 2
        }
    }
}

mod outcome {
    pub(crate) use super::headers;

    pub(crate) mod outcome {
        pub(crate) use cloudinary_provisioning::Outcome;
    }
}

mod options {
    pub(crate) use super::engine::{CallOptions, Mode, call_options};
}

mod trace {
    pub(crate) fn inherit<F>(work: F) -> F {
        work
    }
}

use cloudinary_provisioning::users;
use sync::Arc;

use crate::cancel::CancelFlag;
use crate::engine::Engine;
use crate::send_all::SendAll;

const SCHEDULES: usize = 1_000;

fn check(world: impl Fn() + Send + Sync + 'static) {
    let mut config = shuttle::Config::default();
    // The default is too little for a call in a debug build.
    config.stack_size = 1 << 19;
    // The same schedules every time.
    let scheduler = shuttle::scheduler::RandomScheduler::new_from_seed(0, SCHEDULES);
    shuttle::Runner::new(scheduler, config).run(world);
}

fn gets(ids: &'static [&'static str]) -> impl Iterator<Item = users::Get> {
    ids.iter().map(|id| users::Get::new(*id))
}

type Part = Box<dyn FnOnce() + Send>;

/// Runs each part in a thread of its own.
fn side_by_side(parts: impl IntoIterator<Item = Part>) {
    let threads: Vec<_> = parts.into_iter().map(thread::spawn).collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

pub fn everybody_gets_a_place_and_nobody_too_many() {
    check(|| {
        let engine = Arc::new(Engine::with_places(2));
        side_by_side((0..4).map(|_| {
            let engine = Arc::clone(&engine);
            Box::new(move || (0..2).for_each(|_| engine.attempt(&engine.cancel, false).unwrap())) as Part
        }));
        assert_eq!(engine.in_flight(), 0);
    });
}

pub fn a_place_is_passed_on_whoever_is_cancelled_while_waiting() {
    check(|| {
        let engine = Arc::new(Engine::with_places(1));
        let cancelled = engine.cancel.child();
        let (flag, canceller) = (cancelled.clone(), cancelled);
        let (first, second, third) = (Arc::clone(&engine), Arc::clone(&engine), Arc::clone(&engine));
        let parts: [Part; 4] = [
            Box::new(move || canceller.cancel()),
            Box::new(move || _ = first.attempt(&flag, false)),
            Box::new(move || second.attempt(&second.cancel, false).unwrap()),
            Box::new(move || third.attempt(&third.cancel, false).unwrap()),
        ];
        side_by_side(parts);
    });
}

pub fn whoever_sleeps_is_woken_when_cancelled() {
    check(|| {
        let parent = CancelFlag::new();
        let child = parent.child();
        let (grandchild, canceller) = (child.child(), parent.clone());
        let parts: [Part; 3] = [
            Box::new(move || canceller.cancel()),
            // Nobody but the flag wakes these.
            Box::new(move || child.sleep(|wakeup| _ = wakeup.wait(time::Duration::MAX))),
            Box::new(move || grandchild.child().sleep(|wakeup| _ = wakeup.wait(time::Duration::MAX))),
        ];
        side_by_side(parts);
    });
}

pub fn every_operation_of_many_is_told_once() {
    check(|| {
        let engine = Arc::new(Engine::with_places(2));
        let mut ids: Vec<_> = SendAll::new(Arc::clone(&engine), gets(&["a", "b", "c", "d", "e"]))
            .workers(3)
            .map(|(_, user)| user.unwrap().id.to_string())
            .collect();
        ids.sort();
        assert_eq!(ids, ["a", "b", "c", "d", "e"]);
        assert_eq!(engine.in_flight(), 0);
    });
}

pub fn many_that_are_dropped_end_and_begin_nothing_more() {
    use real_std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    // How many are sent before they are dropped depends on the schedule.
    static CUT_SHORT: AtomicUsize = AtomicUsize::new(0);
    check(|| {
        let engine = Arc::new(Engine::with_places(1));
        let mut results = SendAll::new(Arc::clone(&engine), gets(&["a", "b", "c", "d", "e", "f", "g", "h"])).workers(2);
        results.next().unwrap().1.unwrap();
        drop(results);
        assert_eq!(engine.in_flight(), 0);
        CUT_SHORT.fetch_add(usize::from(engine.sent() < 8), SeqCst);
    });
    assert!(CUT_SHORT.load(SeqCst) > 0);
}

pub fn a_panic_of_one_leaves_its_place_to_others() {
    check(|| {
        let engine = Arc::new(Engine::with_places(1));
        let results = SendAll::new(Arc::clone(&engine), gets(&["a", "panic", "b"])).workers(2);
        let failed = results.filter(|(_, user)| user.is_err()).count();
        assert_eq!((failed, engine.in_flight()), (1, 0));
    });
}
