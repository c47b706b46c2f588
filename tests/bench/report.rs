//! The report: what was measured, how, and beside which aim. Printed, never asserted.

use saoma_tests::program;

/// Lines of `what · figure · note`.
pub struct Report;

impl Report {
    /// Prints how it is measured.
    pub fn begin() -> Self {
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        println!(
            "Saoma bench: release binary, {cores} cores shared by driver, server, pretend WeChat, database."
        );
        println!("Rounds of different subjects alternate; a figure is the median of its rounds.\n");
        Self
    }

    /// One figure.
    pub fn line(&mut self, what: &str, figure: String, note: &str) {
        println!("{what:<44} {figure:<34} {note}");
    }

    /// Size of the binary.
    pub fn size(&mut self) {
        let bytes = std::fs::metadata(program::binary()).unwrap().len();
        self.line("binary size", format!("{:.1} MB", bytes as f64 / 1e6), "aim < 25 MB");
    }

    /// Prints the end.
    pub fn end(self) {
        println!("\ndone");
    }
}
