//! The same work on many items, on several threads.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does `work` on every item, on up to `threads` threads, until `stop` says to begin no more, and gives each result to
/// `take` as it comes, on the thread of the caller.
pub(crate) fn run<'i, T: Sync, R: Send>(
    items: &'i [T],
    threads: NonZeroUsize,
    stop: impl Fn() -> bool + Sync,
    work: impl Fn(&'i T) -> R + Sync,
    take: impl FnMut(R),
) {
    let next = AtomicUsize::new(0);
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads.get().min(items.len()) {
            let (sender, next, work, stop) = (sender.clone(), &next, &work, &stop);
            scope.spawn(move || {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !stop()) {
                    if sender.send(work(item)).is_err() {
                        return;
                    }
                }
            });
        }
        // The results end when the last thread has dropped its sender, and this one would never be.
        drop(sender);
        results.into_iter().for_each(take);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_whatever_the_number_of_threads() {
        let items: Vec<u32> = (0..100).collect();
        for threads in [1, 2, 7, 1000] {
            let mut results = Vec::new();
            run(&items, NonZeroUsize::new(threads).unwrap(), || false, |item| item * 2, |result| results.push(result));
            results.sort_unstable();
            assert_eq!(results, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn nothing_is_begun_after_a_stop() {
        let items: Vec<u32> = (0..100).collect();
        let begun = AtomicUsize::new(0);
        let stop = || begun.load(Ordering::SeqCst) >= 3;
        let mut results = Vec::new();
        run(&items, NonZeroUsize::MIN, stop, |_| begun.fetch_add(1, Ordering::SeqCst), |result| results.push(result));
        assert_eq!(results, [0, 1, 2]);
    }
}
