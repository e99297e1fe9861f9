//! Tables as wide as the terminal.

use comfy_table::{ContentArrangement, Table, presets};

use crate::terminal::stream;

/// How wide the terminal is, if the output goes to one.
pub(super) fn terminal_width() -> Option<u16> {
    let (width, _) = terminal_size::terminal_size().filter(|_| stream::stdout().is_terminal())?;
    Some(width.0)
}

pub(super) fn table() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    // Without a terminal, lines are as long as they need to be.
    if let Some(width) = terminal_width() {
        table.set_width(width);
    }
    table
}
