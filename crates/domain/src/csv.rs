//! Lines of comma-separated values: RFC 4180, and nothing in them that a spreadsheet would run.

/// One line with its end. A cell that begins like a formula gets an apostrophe, which spreadsheets
/// take for "this is text"; cells with commas, quotes or line breaks are quoted.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (place, text) in cells.into_iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        push_cell(&mut line, text);
    }
    line.push_str("\r\n");
    line
}

fn push_cell(line: &mut String, text: &str) {
    let is_quoted = text.contains([',', '"', '\n', '\r']);
    if is_quoted {
        line.push('"');
    }
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        line.push('\'');
    }
    for character in text.chars() {
        if character == '"' {
            line.push('"');
        }
        line.push(character);
    }
    if is_quoted {
        line.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("Atlas", "Atlas")]
    #[case("", "")]
    #[case("Atlas, the \"second\"", "\"Atlas, the \"\"second\"\"\"")]
    #[case("two\nlines", "\"two\nlines\"")]
    #[case("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"")]
    #[case("+49 30 1", "'+49 30 1")]
    #[case("-1", "'-1")]
    #[case("@sum", "'@sum")]
    #[case("\t=1", "'\t=1")]
    #[case("\r=1", "\"'\r=1\"")]
    #[case("a=1", "a=1")]
    fn a_cell_is_text_and_nothing_else(#[case] text: &str, #[case] written: &str) {
        assert_eq!(line([text, "x"]), format!("{written},x\r\n"));
    }
}
