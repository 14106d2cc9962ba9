//! Aligned columns on a terminal.

/// Rows of text under a head, each column as wide as its widest cell.
#[derive(Debug)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column names.
    pub(crate) fn new(head: &[&str]) -> Self {
        let head: Vec<String> = head.iter().map(|&name| name.to_owned()).collect();
        let rule = head.iter().map(|name| "-".repeat(width(name))).collect();
        Self {
            rows: vec![head, rule],
        }
    }

    /// Adds one row below the others.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                cells.map(|cell| width(cell)).max().unwrap_or(0)
            })
            .collect();
        for (number, row) in self.rows.iter().enumerate() {
            let filler = if number == 1 { "-" } else { " " };
            let mut line = String::new();
            for (cell, &wide) in row.iter().zip(&widths) {
                line.push_str(cell);
                line.push_str(&filler.repeat(wide.saturating_sub(width(cell))));
                line.push_str("  ");
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&["case", "time"]);
        table.row(vec!["genuine".to_owned(), "1 ms".to_owned()]);
        table.row(vec!["x".to_owned(), "12 µs".to_owned()]);
        assert_eq!(
            table.to_string(),
            "case     time\n-------  -----\ngenuine  1 ms\nx        12 µs\n"
        );
    }
}
