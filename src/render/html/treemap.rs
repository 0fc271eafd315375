//! Shares -> areas that are as close to squares as can be (Bruls, Huizing and van Wijk's squarified treemaps).

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// One area for each of `shares`, which are in descending order; together they fill `width` times `height`.
pub fn squarify(shares: &[f64], width: f64, height: f64) -> Vec<Area> {
    let total: f64 = shares.iter().sum();
    let mut areas = Vec::with_capacity(shares.len());
    let mut free = Area {
        x: 0.0,
        y: 0.0,
        width,
        height,
    };
    let mut rest = shares;
    let scale = width * height / total.max(f64::MIN_POSITIVE);
    while !rest.is_empty() {
        let side = free.width.min(free.height).max(f64::MIN_POSITIVE);
        // As many as make the row less oblong.
        let mut count = 1;
        while count < rest.len()
            && oblong(&rest[..=count], side, scale) <= oblong(&rest[..count], side, scale)
        {
            count += 1;
        }
        let (row, later) = rest.split_at(count);
        lay(row, &mut free, scale, &mut areas);
        rest = later;
    }
    areas
}

/// How far the worst of a row is from a square.
fn oblong(row: &[f64], side: f64, scale: f64) -> f64 {
    let sum: f64 = row.iter().sum::<f64>() * scale;
    let ratio = |share: f64| {
        let area = share * scale;
        let ratio = side * side * area / (sum * sum).max(f64::MIN_POSITIVE);
        ratio.max(1.0 / ratio.max(f64::MIN_POSITIVE))
    };
    row.iter().map(|share| ratio(*share)).fold(0.0, f64::max)
}

/// Lays a row along the shorter side of what is free.
fn lay(row: &[f64], free: &mut Area, scale: f64, areas: &mut Vec<Area>) {
    let sum: f64 = row.iter().sum::<f64>() * scale;
    let is_wide = free.width >= free.height;
    let side = if is_wide { free.height } else { free.width }.max(f64::MIN_POSITIVE);
    let depth = sum / side;
    let mut along = 0.0;
    for share in row {
        let length = share * scale / depth.max(f64::MIN_POSITIVE);
        areas.push(match is_wide {
            true => Area {
                x: free.x,
                y: free.y + along,
                width: depth,
                height: length,
            },
            false => Area {
                x: free.x + along,
                y: free.y,
                width: length,
                height: depth,
            },
        });
        along += length;
    }
    if is_wide {
        free.x += depth;
        free.width -= depth;
    } else {
        free.y += depth;
        free.height -= depth;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_as_large_as_their_shares_and_do_not_overlap() {
        let shares = [0.5, 0.2, 0.1, 0.1, 0.05, 0.03, 0.02];
        let areas = squarify(&shares, 1200.0, 300.0);
        assert_eq!(areas.len(), shares.len());
        for (area, share) in areas.iter().zip(shares) {
            assert!(
                (area.width * area.height - share * 360_000.0).abs() < 1.0,
                "{area:?}"
            );
            assert!(
                area.x >= -0.01 && area.x + area.width <= 1200.01,
                "{area:?}"
            );
            assert!(
                area.y >= -0.01 && area.y + area.height <= 300.01,
                "{area:?}"
            );
            let ratio = area.width / area.height;
            assert!((0.1..10.0).contains(&ratio), "{area:?}");
        }
        for (at, one) in areas.iter().enumerate() {
            for other in &areas[at + 1..] {
                let apart = one.x + one.width <= other.x + 0.01
                    || other.x + other.width <= one.x + 0.01
                    || one.y + one.height <= other.y + 0.01
                    || other.y + other.height <= one.y + 0.01;
                assert!(apart, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn nothing_has_no_areas() {
        assert_eq!(squarify(&[], 10.0, 10.0), []);
        assert_eq!(squarify(&[0.0], 10.0, 10.0).len(), 1);
    }
}
