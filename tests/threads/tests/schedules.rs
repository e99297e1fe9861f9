//! Each part of the sources in many schedules; see the crate's documentation.

use cloudinary_provisioning_threads as schedules;

#[test]
fn everybody_gets_a_place_and_nobody_too_many() {
    schedules::everybody_gets_a_place_and_nobody_too_many();
}

#[test]
fn a_place_is_passed_on_whoever_is_cancelled_while_waiting() {
    schedules::a_place_is_passed_on_whoever_is_cancelled_while_waiting();
}

#[test]
fn whoever_sleeps_is_woken_when_cancelled() {
    schedules::whoever_sleeps_is_woken_when_cancelled();
}

#[test]
fn every_operation_of_many_is_told_once() {
    schedules::every_operation_of_many_is_told_once();
}

#[test]
fn many_that_are_dropped_end_and_begin_nothing_more() {
    schedules::many_that_are_dropped_end_and_begin_nothing_more();
}

#[test]
fn a_panic_of_one_leaves_its_place_to_others() {
    schedules::a_panic_of_one_leaves_its_place_to_others();
}
