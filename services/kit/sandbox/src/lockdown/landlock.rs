//! Landlock: every right that this kernel knows is handled, and none is given but for reading the trees.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, PathBeneath, PathFd, RestrictionStatus, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};

use crate::layers::{Layer, Layers};

/// The newest interface whose rights are meant; older kernels handle what they know.
const NEWEST: ABI = ABI::V9;

#[derive(Debug, thiserror::Error)]
enum LandlockError {
    #[error(transparent)]
    Ruleset(#[from] RulesetError),
    #[error(transparent)]
    Tree(#[from] landlock::PathFdError),
}

/// Denies all files, TCP ports, abstract sockets and signals to others.
pub(super) fn restrict(trees: &[PathBuf], layers: &mut Layers) {
    match apply(trees) {
        Ok(status) => match (status.landlock, status.ruleset) {
            (LandlockStatus::NotImplemented, _) => layers.off(Layer::Landlock, "ENOSYS"),
            (LandlockStatus::NotEnabled, _) => layers.off(Layer::Landlock, "EOPNOTSUPP"),
            (LandlockStatus::Available { .. }, RulesetStatus::NotEnforced) => {
                layers.off(Layer::Landlock, "not enforced");
            }
            (LandlockStatus::Available { effective_abi, .. }, _) => {
                layers.on(Layer::Landlock, format!("interface {}", effective_abi as i32));
            }
        },
        Err(error) => layers.off(Layer::Landlock, error.to_string()),
    }
}

fn apply(trees: &[PathBuf]) -> Result<RestrictionStatus, LandlockError> {
    let mut ruleset = Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?;
    for tree in trees {
        ruleset = ruleset.add_rule(rule(tree)?)?;
    }
    Ok(ruleset.restrict_self()?)
}

fn rule(tree: &Path) -> Result<PathBeneath<PathFd>, landlock::PathFdError> {
    let rights = AccessFs::ReadFile | AccessFs::ReadDir | AccessFs::Execute;
    Ok(PathBeneath::new(PathFd::new(tree)?, rights))
}
