//! Images of pages.

use image::ExtendedColorType;
use pdfium_render::prelude::{PdfBitmapFormat, PdfPage, PdfRenderConfig, Pixels};

use crate::document::picture::write_png;

/// Dots per inch: for people to see where a citation stands, and for letters to be recognized.
const DOTS: (f32, f32) = (110.0, 200.0);
/// Pixels of the longer side, at most.
const LONGEST: f32 = 4_000.0;

/// The page as a PNG.
pub(super) fn png(page: &PdfPage<'_>, for_letters: bool) -> Option<Vec<u8>> {
    let dots = if for_letters { DOTS.1 } else { DOTS.0 };
    let longest = page.width().value.max(page.height().value);
    let scale = (dots / 72.0).min(LONGEST / longest.max(1.0));
    #[expect(clippy::cast_possible_truncation, reason = "within LONGEST")]
    let width = (page.width().value * scale).round().max(1.0) as Pixels;
    let config = PdfRenderConfig::new()
        .set_target_width(width)
        .set_format(PdfBitmapFormat::BGRx)
        .set_reverse_byte_order(true);
    let bitmap = page.render_with_config(&config).ok()?;
    let width = u32::try_from(bitmap.width()).ok()?;
    let height = u32::try_from(bitmap.height()).ok()?;
    let pixels = bitmap.as_raw_bytes();
    let mut png = Vec::new();
    let gray = pixels
        .chunks_exact(4)
        .all(|pixel| matches!(pixel, [one, other, third, _] if one == other && other == third));
    let (bytes, color): (Vec<u8>, _) = if gray {
        let gray = pixels.chunks_exact(4).filter_map(|pixel| pixel.first().copied());
        (gray.collect(), ExtendedColorType::L8)
    } else {
        let colors = pixels
            .chunks_exact(4)
            .flat_map(|pixel| pixel.iter().take(3).copied());
        (colors.collect(), ExtendedColorType::Rgb8)
    };
    write_png(&mut png, &bytes, (width, height), color).ok()?;
    Some(png)
}
