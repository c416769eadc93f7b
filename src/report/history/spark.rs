//! Numbers over time as one line of blocks.

/// From low to high.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The same where only ASCII can be shown.
const PLAIN: [char; 8] = ['_', '.', ',', '-', '=', '+', '*', '#'];

/// As many blocks as there are values, or as there is room for: then each is the last value of its part. The lowest value
/// is the lowest block, the highest the highest; where all are the same, all are low. What is not defined is a blank.
pub(super) fn sparkline(values: &[Option<f64>], room: usize, is_unicode: bool) -> String {
    let blocks = if is_unicode { BLOCKS } else { PLAIN };
    let count = values.len().min(room);
    let known = || values.iter().flatten().copied();
    let (low, high) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let block = |at: usize| {
        let end = (at + 1) * values.len() / count;
        let start = at * values.len() / count;
        match values[start..end].iter().rev().find_map(|value| *value) {
            None => ' ',
            Some(_) if high <= low => blocks[0],
            Some(value) => {
                let height = (value - low) / (high - low);
                let nearest = (0..blocks.len())
                    .rfind(|step| height * 7.0 + 0.5 >= f64::from(u8::try_from(*step).unwrap_or(0)));
                blocks[nearest.unwrap_or(0)]
            }
        }
    };
    (0..count).map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::sparkline;

    #[test]
    fn the_lowest_is_low_and_the_highest_high() {
        let line = |values: &[f64], room| {
            sparkline(&values.iter().copied().map(Some).collect::<Vec<_>>(), room, true)
        };
        assert_eq!(line(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 60), "▁▂▃▄▅▆▇█");
        assert_eq!(line(&[5.0, 5.0], 60), "▁▁");
        // The last of each part.
        assert_eq!(line(&[0.0, 7.0, 7.0, 0.0], 2), "█▁");
        assert_eq!(sparkline(&[None, Some(1.0), Some(2.0)], 9, false), " _#");
        assert_eq!(sparkline(&[], 9, true), "");
    }
}
