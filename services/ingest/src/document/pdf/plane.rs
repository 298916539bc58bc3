//! Where things are on a page: in points, from its upper left corner as it is shown.

use pdfium_render::prelude::{PdfPage, PdfPoints, PdfRenderConfig};
use schemas::document::{Area, PageSize};

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Rect {
    pub(super) fn width(&self) -> f32 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f32 {
        self.bottom - self.top
    }

    pub(super) fn center(&self) -> (f32, f32) {
        (
            f32::midpoint(self.left, self.right),
            f32::midpoint(self.top, self.bottom),
        )
    }

    pub(super) fn with(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// The smallest rectangle around all of them.
    pub(super) fn around<'a>(all: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        all.into_iter().copied().reduce(|one, other| one.with(&other))
    }

    pub(super) fn has(&self, (x, y): (f32, f32)) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }
}

/// From the coordinates of a file to those of the page as it is shown: it may be turned, or cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    pub width: f32,
    pub height: f32,
    origin: (f32, f32),
    across: (f32, f32),
    up: (f32, f32),
}

/// Pixels that the page is held to be wide in order to ask where points come to lie: they are whole.
const FINE: i32 = 16_000;
/// Points between those that are asked for.
const APART: f32 = 500.0;

impl Plane {
    pub(super) fn of(page: &PdfPage<'_>) -> Option<Self> {
        let (width, height) = (page.width().value, page.height().value);
        if !(width.is_finite() && height.is_finite() && width > 0.0 && height > 0.0) {
            return None;
        }
        let config = PdfRenderConfig::new().set_target_width(FINE);
        #[expect(clippy::cast_precision_loss, reason = "pixels are few")]
        let shown = |x: f32, y: f32| {
            let point = page
                .points_to_pixels(PdfPoints::new(x), PdfPoints::new(y), &config)
                .ok()?;
            let scale = width / FINE as f32;
            Some((point.0 as f32 * scale, point.1 as f32 * scale))
        };
        let origin = shown(0.0, 0.0)?;
        let (x, y) = (shown(APART, 0.0)?, shown(0.0, APART)?);
        let per_point = |to: (f32, f32)| ((to.0 - origin.0) / APART, (to.1 - origin.1) / APART);
        Some(Self {
            width,
            height,
            origin,
            across: per_point(x),
            up: per_point(y),
        })
    }

    pub(super) fn point(&self, x: f32, y: f32) -> (f32, f32) {
        (
            self.origin.0 + x * self.across.0 + y * self.up.0,
            self.origin.1 + x * self.across.1 + y * self.up.1,
        )
    }

    pub(super) fn rect(&self, (left, bottom): (f32, f32), (right, top): (f32, f32)) -> Rect {
        let (one, other) = (self.point(left, bottom), self.point(right, top));
        Rect {
            left: one.0.min(other.0),
            top: one.1.min(other.1),
            right: one.0.max(other.0),
            bottom: one.1.max(other.1),
        }
    }

    pub(super) fn size(&self) -> PageSize {
        PageSize {
            width: self.width,
            height: self.height,
        }
    }

    /// Shares of the page.
    pub(super) fn area(&self, rect: &Rect) -> Area {
        let share = |value: f32, whole: f32| (value / whole).clamp(0.0, 1.0);
        let (left, top) = (share(rect.left, self.width), share(rect.top, self.height));
        Area {
            left,
            top,
            width: share(rect.right, self.width) - left,
            height: share(rect.bottom, self.height) - top,
        }
    }
}
