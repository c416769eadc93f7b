//! Every fixture of the Cargo format against cargo itself.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::oracle::compare;
use crate::watertight::{binary, copied, folders, name, testdata};

/// No fixture may differ from cargo in any coupling or build set.
#[test]
fn couplings_and_build_sets_of_every_fixture_are_those_of_cargo() {
    let mut fixtures = folders(&testdata("sources/cargo"));
    fixtures.push(testdata("monorepos/shop"));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(fixture) = fixtures.get(next.fetch_add(1, Ordering::Relaxed)) {
            let copy = copied(fixture);
            done.push((name(fixture), compare(binary(), copy.path(), true)));
        }
        done
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    let couplings: usize = results.iter().map(|(_, found)| found.couplings).sum();
    let build_sets: usize = results.iter().map(|(_, found)| found.build_sets).sum();
    // Without this, a cargo that can't run at all would compare nothing and find nothing.
    assert!(couplings >= 200 && build_sets >= 54, "only {couplings} couplings, {build_sets} build sets");
    let noted: Vec<_> = results.iter().filter(|(_, found)| !found.notes.is_empty()).collect();
    assert!(noted.is_empty(), "cargo could not tell everything: {noted:#?}");
    let wrong: Vec<_> = results.iter().filter(|(_, found)| !found.differences.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
