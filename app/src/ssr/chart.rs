//! Charts, drawn on the server as SVG: the browser's program carries nothing of them. Colours and sizes are
//! the style's; whoever does not see has a table.

use std::fmt::Write as _;

use domain::timestamp::Timestamp;

use crate::format;

/// The room of one day, and of its bar within it, in units of the drawing.
const ROOM: usize = 20;
const BAR: usize = 14;
const HEIGHT: i64 = 140;

/// One count a day.
pub struct Daily<'a> {
    /// Short word, once on a page: the drawing's texts are named by it.
    pub id: &'static str,
    /// What is counted, for example `Keys issued`.
    pub title: &'static str,
    /// One of them, for example `key`.
    pub one: &'static str,
    /// When each day began, the latest last.
    pub days: &'a [Timestamp],
    /// How many on each day.
    pub counts: &'a [i64],
}

impl Daily<'_> {
    /// A bar for each day, with its words on hover, and the same as a table.
    pub fn to_html(&self) -> String {
        let most = self.days().max_by_key(|(_, count)| *count);
        let (fullest, most) = most.unwrap_or_default();
        let (width, id, title) = (ROOM * self.days.len(), self.id, self.title);
        let total = self.counted(self.counts.iter().sum());
        let mut html = format!(
            "<figure class=\"chart\"><p class=\"most\" aria-hidden=\"true\">{}</p>\
             <svg viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-text\"><title id=\"{id}-title\">{title} per day</title>\
             <desc id=\"{id}-text\">{total} in {} days; most on {fullest}: {}.</desc>",
            format::count(most),
            self.days.len(),
            format::count(most),
        );
        for (place, (day, count)) in self.days().enumerate() {
            self.bar(&mut html, (place, &day), (count, most));
        }
        html.push_str("</svg>");
        self.axis(&mut html);
        self.table(&mut html);
        html.push_str("</figure>");
        html
    }

    fn days(&self) -> impl Iterator<Item = (String, i64)> {
        let counts = self.counts.iter().copied();
        self.days.iter().map(|day| format::date(*day)).zip(counts)
    }

    fn counted(&self, count: i64) -> String {
        format::counted(count, self.one)
    }

    /// The whole room of the day answers to a pointer, so that a low bar is easy to meet.
    fn bar(&self, html: &mut String, (place, day): (usize, &str), (count, most): (i64, i64)) {
        let (left, count_words) = (place * ROOM, self.counted(count));
        let height = match count {
            0 => 0,
            // Even the least is seen beside the most.
            _ => (count * HEIGHT / most.max(1)).max(2),
        };
        let (top, indent) = (HEIGHT - height, left + (ROOM - BAR) / 2);
        write!(
            html,
            "<g><title>{day}: {count_words}</title>\
             <rect x=\"{left}\" y=\"0\" width=\"{ROOM}\" height=\"{HEIGHT}\"/>\
             <rect class=\"bar\" x=\"{indent}\" y=\"{top}\" width=\"{BAR}\" height=\"{height}\"/></g>"
        )
        .expect("a string takes all");
    }

    fn axis(&self, html: &mut String) {
        let ends = [self.days.first(), self.days.last()];
        html.push_str("<p class=\"axis\" aria-hidden=\"true\">");
        for day in ends.into_iter().flatten() {
            write!(html, "<span>{}</span>", format::date(*day)).expect("a string takes all");
        }
        html.push_str("</p>");
    }

    fn table(&self, html: &mut String) {
        let title = self.title;
        write!(
            html,
            "<div class=\"off-screen\"><table><caption>{title} per day, UTC</caption>\
             <thead><tr><th scope=\"col\">Day</th><th scope=\"col\">{title}</th></tr></thead><tbody>"
        )
        .expect("a string takes all");
        for (day, count) in self.days() {
            write!(
                html,
                "<tr><th scope=\"row\">{day}</th><td>{count}</td></tr>"
            )
            .expect("a string takes all");
        }
        html.push_str("</tbody></table></div>");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(counts: &[i64]) -> String {
        let days: Vec<_> = (0_i64..)
            .zip(counts)
            .map(|(day, _)| Timestamp::from_millis(1_795_392_000_000).plus_days(day))
            .collect();
        let chart = Daily {
            id: "keys",
            title: "Keys issued",
            one: "key",
            days: &days,
            counts,
        };
        chart.to_html()
    }

    #[test]
    fn the_fullest_day_fills_the_height_and_the_least_is_still_seen() {
        let html = drawn(&[1_000, 500, 1, 0]);
        for (height, words) in [
            (140, "2026-11-23: 1,000 keys"),
            (70, "2026-11-24: 500 keys"),
            (2, "2026-11-25: 1 key"),
            (0, "2026-11-26: 0 keys"),
        ] {
            let (_, day) = html.split_once(words).expect("has the words");
            let (day, _) = day.split_once("</g>").expect("ends");
            assert!(day.ends_with(&format!("height=\"{height}\"/>")), "{day}");
        }
        assert!(
            html.contains("1,501 keys in 4 days; most on 2026-11-23: 1,000."),
            "{html}"
        );
    }

    #[test]
    fn every_day_stands_in_a_table_too() {
        let html = drawn(&[3, 0]);
        assert!(
            html.contains("<th scope=\"row\">2026-11-23</th><td>3</td>"),
            "{html}"
        );
        assert!(
            html.contains("<th scope=\"row\">2026-11-24</th><td>0</td>"),
            "{html}"
        );
    }

    #[test]
    fn days_on_which_nothing_happened_are_drawn_without_a_bar() {
        let html = drawn(&[0, 0]);
        assert_eq!(
            html.matches("width=\"14\" height=\"0\"").count(),
            2,
            "{html}"
        );
        assert!(html.contains("0 keys in 2 days"), "{html}");
    }
}
