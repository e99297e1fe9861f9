//! Runs seeds and counts what happens, and what fails by property.
//!
//! ```text
//! cargo run --release -p cloudinary-provisioning-simulation --example survey -- [--first] [COUNT [FIRST_SEED]]
//! ```
//!
//! With `--first` it stops at the first seed that fails.

use cloudinary_provisioning_simulation::Totals;

fn main() {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    let stops = arguments.first().is_some_and(|first| first == "--first");
    arguments.drain(..usize::from(stops));
    let mut numbers = arguments.iter().map(|text| text.parse::<u64>().expect("a number"));
    let (count, first) = (numbers.next().unwrap_or(2_000), numbers.next().unwrap_or(0));
    print!("{}", Totals::run(first..first + count, stops));
}
