//! Charts: bars of how many began, and before them of how many came through, drawn on the server.
//!
//! The library knows colours by number only. Four numbers stand for what the stylesheet paints in light and
//! in dark; every chart stands beside a table with the same numbers, so it is told to nobody who cannot see.

use plotters::coord::ranged1d::SegmentValue;
use plotters::prelude::*;
use serde::Serialize;

/// Text.
const INK: RGBColor = RGBColor(1, 1, 1);
/// Axis and grid.
const LINE: RGBColor = RGBColor(2, 2, 2);
/// Those who began.
const BEGUN: RGBColor = RGBColor(3, 3, 3);
/// Those who came through.
const THROUGH: RGBColor = RGBColor(4, 4, 4);
/// In units of the picture; the page scales it.
const SIZE: (u32, u32) = (640, 320);
/// Pixels between two bars, at each side.
const GAP: u32 = 2;
/// A bar is never wider than one of so many.
const FEWEST: usize = 8;
/// Beside so many labels there is room for one under each.
const LABELS: usize = 12;

/// A bar: what it is of, how many began, how many came through.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    /// Short.
    pub label: String,
    /// All.
    pub begun: u64,
    /// Those of them who came through.
    pub through: u64,
}

/// A chart as SVG; empty where there is nothing to be drawn.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Chart(String);

impl Chart {
    /// Draws it. What cannot be drawn is in the table beside it.
    pub(crate) fn new(bars: &[Bar]) -> Self {
        let mut svg = String::new();
        let drawn = !bars.is_empty() && draw(bars, &mut svg).is_some();
        Self(if drawn { svg } else { String::new() })
    }
}

fn draw(bars: &[Bar], svg: &mut String) -> Option<()> {
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    let last = u32::try_from(bars.len().max(FEWEST).checked_sub(1)?).ok()?;
    let highest = bars.iter().map(|bar| bar.begun).max().unwrap_or_default().max(4);
    let mut builder = ChartBuilder::on(&area);
    builder.margin(8).x_label_area_size(26).y_label_area_size(48);
    let top = highest + highest.div_ceil(10);
    let mut chart = builder.build_cartesian_2d((0..last).into_segmented(), 0..top).ok()?;
    let text = ("sans-serif", 14).into_font().color(&INK);
    let mut mesh = chart.configure_mesh();
    mesh.disable_x_mesh().bold_line_style(LINE).light_line_style(TRANSPARENT).axis_style(LINE);
    mesh.x_labels(LABELS).y_labels(5).label_style(text);
    let label = |at: &SegmentValue<u32>| label_of(bars, at);
    mesh.x_label_formatter(&label).draw().ok()?;
    let places = || (0..).zip(bars);
    let begun = Histogram::vertical(&chart).style(BEGUN.filled()).margin(GAP);
    chart.draw_series(begun.data(places().map(|(place, bar)| (place, bar.begun)))).ok()?;
    let through = Histogram::vertical(&chart).style(THROUGH.filled()).margin(GAP);
    chart.draw_series(through.data(places().map(|(place, bar)| (place, bar.through)))).ok()?;
    area.present().ok()
}

fn label_of(bars: &[Bar], at: &SegmentValue<u32>) -> String {
    let (SegmentValue::CenterOf(place) | SegmentValue::Exact(place)) = at else { return String::new() };
    let bar = usize::try_from(*place).ok().and_then(|place| bars.get(place));
    bar.map_or_else(String::new, |bar| bar.label.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(count: u64) -> Vec<Bar> {
        (0..count).map(|n| Bar { label: format!("<b>{n}"), begun: n * 10, through: n * 5 }).collect()
    }

    #[test]
    fn a_chart_is_painted_by_the_stylesheet_and_holds_no_markup_of_names() {
        let Chart(svg) = Chart::new(&bars(30));
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"), "{svg}");
        assert!(!svg.contains("style=") && !svg.contains("<b>"), "the policy allows no style in place");
        for color in ["#010101", "#020202", "#030303", "#040404"] {
            assert!(svg.contains(color), "{color}");
        }
        let painted = crate::STYLES;
        assert!(["#010101", "#020202", "#030303", "#040404"].iter().all(|color| painted.contains(color)));
    }

    #[test]
    fn one_bar_and_none_can_be_drawn() {
        assert!(Chart::new(&[]).0.is_empty());
        assert!(Chart::new(&bars(1)).0.contains("<rect"));
    }
}
