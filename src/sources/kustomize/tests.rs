//! What stands in a kustomization as a text has its own place, and what is secret is not kept.

use super::facts::{Change, PatchBody};
use super::{Kustomization, read};
use crate::sources::kubernetes::{Body, EnvValue};
use crate::text::RepoPath;

fn facts(text: &str) -> Kustomization {
    let path = RepoPath::new("k/kustomization.yaml").expect("a path");
    let (found, faults) = read(&path, text);
    assert!(faults.is_empty(), "{faults:?}");
    found.expect("facts")
}

#[test]
fn a_patch_in_a_block_has_the_places_of_its_own_text() {
    let text = "patches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      \
                name: cart\n    spec: {template: {spec: {containers: [{name: a, env: [{name: USERS_HOST, \
                value: users}]}]}}}\n    ---\n    apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: b}\n\
                - path: more.yaml\n";
    let found = facts(text);
    let PatchBody::Objects(objects) = &found.patches[0].body else { panic!("{:?}", found.patches) };
    assert_eq!(objects.len(), 2);
    let Body::Workload(workload) = &objects[0].body else { panic!("{objects:?}") };
    let EnvValue::Literal(value) = &workload.containers[0].env[0].value else { panic!("{workload:?}") };
    assert_eq!(&text[value.span.range()], "users");
    assert!(matches!(&found.patches[1].body, PatchBody::File(file) if file.value == "more.yaml"));
}

#[test]
fn operations_say_what_they_change() {
    let text = "patches:\n- target: {kind: Deployment, name: cart|users}\n  patch: |\n    - op: replace\n      \
                path: /spec/template/spec/containers/1/image\n      value: shop/cart:2\n    - op: remove\n      \
                path: /spec/template/spec/containers/0/image\n";
    let found = facts(text);
    let PatchBody::Operations(operations) = &found.patches[0].body else { panic!("{:?}", found.patches) };
    let [one] = operations.as_slice() else { panic!("{operations:?}") };
    let Change::Image { container: 1, is_init: false, image } = &one.change else { panic!("{one:?}") };
    assert_eq!(&text[image.span.range()], "shop/cart:2");
    let names = found.patches[0].target.as_ref().and_then(|target| target.names.clone());
    assert_eq!(names, Some(vec!["cart".to_owned(), "users".to_owned()]));
}

#[test]
fn no_value_of_a_secret_is_kept() {
    let text = "secretGenerator: [{name: a, literals: [USER=x1y2]}]\n\
                configMapGenerator: [{name: b, literals: [API_TOKEN=x1y2, HOST=db]}]\n";
    let found = facts(text);
    assert!(!format!("{found:?}").contains("x1y2"));
    assert_eq!(found.generated[0].literals[1].value.as_ref().map(|value| value.value.as_str()), Some("db"));
}

#[test]
fn an_image_is_changed_as_a_whole_name() {
    let text = "images:\n- {name: shop/cart, newName: eu/cart, newTag: '2'}\n- {name: shop/cart, digest: 'sha256:00'}\n";
    let images = facts(text).images;
    assert_eq!(images[0].applied("shop/cart:1").as_deref(), Some("eu/cart:2"));
    assert_eq!(images[1].applied("shop/cart").as_deref(), Some("shop/cart@sha256:00"));
    assert_eq!(images[0].applied("shop/cart-api"), None);
}
