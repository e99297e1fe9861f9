//! Input from files, standard input and the command line.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use serde_json::Value;

use super::exit::Exit;

/// JSON as an option has it: the text itself, `@FILE`, or `-` for standard input.
pub(crate) fn json(text: &str) -> Result<Value, Exit> {
    let (place, text) = match text.strip_prefix('@') {
        Some(path) => (path.to_owned(), read(Path::new(path))?),
        None if text == "-" => ("standard input".to_owned(), read(Path::new("-"))?),
        None => ("--json".to_owned(), text.to_owned()),
    };
    serde_json::from_str(&text).map_err(|error| Exit::Usage(format!("{place}: not JSON: {error}")))
}

/// The text of a file, or of standard input where that is `-`, without the byte order mark that spreadsheets and editors
/// of some systems put in front.
pub(crate) fn read(path: &Path) -> Result<String, Exit> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(|error| Exit::Usage(format!("{}: {error}", path.display())))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}
