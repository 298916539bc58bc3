//! Writes `json/*.v1.json` and `asyncapi.yaml` from the types. Run it after a wanted change: `cargo run -p schemas --example generate`.

use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in schemas::catalog::entries() {
        let text = serde_json::to_string_pretty(&entry.json_schema())?;
        fs::write(
            root.join("json").join(format!("{}.v1.json", entry.name)),
            text + "\n",
        )?;
    }
    let note = "# Generated from the types by `cargo run -p schemas --example generate`.\n";
    let document = serde_saphyr::to_string(&schemas::asyncapi::document())?;
    fs::write(root.join("asyncapi.yaml"), format!("{note}{document}"))?;
    Ok(())
}
