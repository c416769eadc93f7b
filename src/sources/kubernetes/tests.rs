//! Whole files: what is seen of them at a glance, what is wrong, and that nothing breaks the reader.

use proptest::prelude::*;

use super::{Body, Fault, Object, Unread, has_marker, read};
use crate::text::{RepoPath, Span};

/// A value that must never be among the facts.
const SENSITIVE: &str = "hunter2";

fn path() -> RepoPath {
    RepoPath::new("k8s/shop.yaml").unwrap()
}

fn facts(text: &str) -> (Vec<Object>, Vec<Fault>, Vec<Unread>) {
    read(&path(), text)
}

/// A deployment whose container has these lines.
fn deployment(lines: &str) -> String {
    let lines = lines.replace('\n', "\n          ");
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: cart\nspec:\n  template:\n    spec:\n      \
         containers:\n        - name: cart\n          {lines}\n"
    )
}

#[test]
fn a_file_is_ours_if_both_keys_are_in_it() {
    for text in [
        "apiVersion: v1\nkind: Pod\n",
        "{\"kind\": \"Pod\", \"apiVersion\" : \"v1\"}",
        "{kind: Pod,apiVersion: v1}",
        "# apiVersion and kind\n'kind': Pod\n'apiVersion': v1",
    ] {
        assert!(has_marker(text.as_bytes()), "{text}");
    }
    for text in
        ["", "apiVersion: v2\nname: chart\n", "kind: Pod\n", "apiVersions: 1\nkind: 2\n", "apiVersion kind"]
    {
        assert!(!has_marker(text.as_bytes()), "{text}");
    }
}

#[test]
fn what_kubernetes_would_refuse_is_a_fault_where_it_stands() {
    let cases = [
        ("env: {A: b}", "env", "`env` is a map, and Kubernetes takes a list here"),
        ("env: [A]", "A", "`env` holds a text or number, and Kubernetes takes a list of maps here"),
        ("env:\n  - value: b", "value: b", "this variable has no `name`"),
        ("image: [a]", "image", "`image` is a list, and Kubernetes takes a text here"),
        ("args: --port", "args", "`args` is a text or number, and Kubernetes takes a list here"),
        ("args: [{port: 1}]", "{port: 1", "`args` holds a map, and Kubernetes takes a list of texts here"),
        ("image: a\nimage: b", "image", "the key `image` is there twice"),
    ];
    for (lines, place, message) in cases {
        let text = deployment(lines);
        let (objects, faults, _) = facts(&text);
        assert_eq!(objects.len(), 1, "{text}");
        let [fault] = faults.as_slice() else { panic!("{text}: {faults:?}") };
        assert_eq!((&text[fault.span.unwrap().range()], fault.message.as_str()), (place, message));
    }
}

#[test]
fn what_is_missing_or_null_is_no_fault() {
    for lines in ["env:", "env: [~]", "args: null\nimage: ''", "ports: [{containerPort: $PORT}]", "env: []"] {
        assert_eq!(facts(&deployment(lines)).1, [], "{lines}");
    }
    for text in ["kind: Pod\napiVersion: v1\n", "kind: Pod\napiVersion: v1\nmetadata: {labels: {a: b}}\n"] {
        assert_eq!(facts(text), Default::default());
    }
}

#[test]
fn a_fault_in_a_secret_shows_no_line_of_it() {
    let block = format!("data:\n  a: {SENSITIVE}\n  a: {SENSITIVE}\nkind: Secret\napiVersion: v1\n");
    let flow = format!("{{apiVersion: v1, kind: Secret, stringData: {{a: {SENSITIVE}, a: {SENSITIVE}}}}}");
    let list = format!(
        "kind: List\napiVersion: v1\nitems:\n- {{kind: Secret, data: {SENSITIVE}}}\n  {SENSITIVE}: ["
    );
    for (text, place) in [(&block, Some("kind")), (&flow, None), (&list, None)] {
        let (_, faults, _) = facts(text);
        assert!(!faults.is_empty(), "{text}");
        for fault in faults {
            assert_eq!(fault.span.map(|span| &text[span.range()]), place);
            assert!(fault.message.contains(" (line "), "{}", fault.message);
        }
    }
}

#[test]
fn a_name_that_is_filled_in_later_is_not_guessed() {
    for text in [
        deployment("image: 'shop/cart:{{ tag }}'"),
        deployment("image: shop/{{ cart }}"),
        deployment("image: cart").replace("name: cart\nspec", "name: \"{{ name }}\"\nspec"),
    ] {
        let (objects, faults, unread) = facts(&text);
        assert_eq!((objects.len(), faults.len(), unread.len()), (0, 0, 1), "{text}");
    }
    assert_eq!(facts(&deployment("args: ['--template={{.Name}}']")).0.len(), 1);
}

/// A list of workloads that are one and the same, whose variables are, too.
#[test]
fn aliases_that_multiply_are_stopped() {
    let many = |name: &str, count: usize| vec![format!("*{name}"); count].join(",");
    let text = format!(
        "x: [&v {{name: A, value: {}}}, &c {{name: c, env: [{}]}}, &p {{apiVersion: v1, kind: Pod, \
         metadata: {{name: p}}, spec: {{containers: [{}]}}}}]\napiVersion: v1\nkind: List\nitems: [{}]\n# kind: Pod\n",
        "b".repeat(1000),
        many("v", 1000),
        many("c", 1000),
        many("p", 1000),
    );
    let (objects, faults, _) = facts(&text);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].message.contains("aliases"));
    assert!(format!("{objects:?}").len() < 20_000_000);
}

/// Files to garble, with values in them that must not come out.
fn manifests() -> Vec<String> {
    let secret = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: cart}}\nstringData:\n  password: {SENSITIVE}\n  \
         url: |\n    {SENSITIVE}\ndata: {{token: \"{SENSITIVE}\"}}\n"
    );
    let pod = deployment(&format!(
        "image: shop/cart\nenv:\n  - name: DB_PASSWORD\n    value: {SENSITIVE}\n  - {{name: Ü, valueFrom: \
         {{secretKeyRef: {{name: cart, key: password}}}}}}\nargs: [\"ü\", '$(Ü)']\nports: [{{containerPort: 80}}]"
    ));
    let json = format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \
         \"metadata\": {{\"name\": \"ü\"}}, \"data\": {{\"a\": \"{SENSITIVE}\"}}}}]}}"
    );
    vec![format!("{secret}---\n{pod}"), pod, secret, json]
}

fn spans(objects: &[Object], faults: &[Fault], unread: &[Unread]) -> Vec<Span> {
    let mut found: Vec<Span> = faults.iter().filter_map(|fault| fault.span).collect();
    found.extend(unread.iter().map(|unread| unread.span));
    for object in objects {
        found.push(object.name.span);
        let Body::Workload(workload) = &object.body else { continue };
        for container in workload.all_containers() {
            found.extend(
                [Some(&container.name), container.image.as_ref()].into_iter().flatten().map(|one| one.span),
            );
            found.extend(container.args.iter().map(|one| one.span));
            found.extend(container.env.iter().flat_map(|one| [one.span, one.name.span]));
        }
    }
    found
}

fn check(text: &str) -> (Vec<Object>, Vec<Fault>, Vec<Unread>) {
    let (objects, faults, unread) = facts(text);
    let _ = has_marker(text.as_bytes());
    for span in spans(&objects, &faults, &unread) {
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    }
    (objects, faults, unread)
}

#[test]
fn no_value_of_a_secret_is_kept() {
    for text in manifests() {
        let found = check(&text);
        assert!(!found.0.is_empty() && found.1.is_empty(), "{found:?}");
        assert!(!format!("{found:?}").contains(SENSITIVE), "{found:?}");
    }
}

/// Cuts a piece out of a text and puts another one there.
fn garbled() -> impl Strategy<Value = String> {
    let pieces = [
        "", "\n", "  ", ": ", "- ", "{", "}", "[", "\"", "'", "{{", "|", "&a ", "*a", "<<: ", "---\n", "ü",
        "#",
    ];
    let edit = (any::<prop::sample::Index>(), 0..12_usize, prop::sample::select(pieces.to_vec()));
    (prop::sample::select(manifests()), prop::collection::vec(edit, 1..4)).prop_map(|(mut text, edits)| {
        for (at, length, piece) in edits {
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.floor_char_boundary(start + length).max(start);
            text.replace_range(start..end, piece);
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_text_breaks_the_reader(text in "(apiVersion: v1\n|kind: (Pod|Secret|List)\n|\\PC|[-{}\\[\\]:,'\"|>&*! \n])*") {
        check(&text);
    }

    #[test]
    fn no_garbled_manifest_breaks_the_reader(text in garbled()) {
        check(&text);
    }

    /// As long as it is a document of its own that still says what it is.
    #[test]
    fn no_garbled_secret_comes_out(values in "[ -~]{0,40}", key in "[ -~\n]{0,8}") {
        let text = format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  a: {SENSITIVE}{values}\n  {key}b: {SENSITIVE}\n");
        let (objects, faults, _) = check(&text);
        assert!(!format!("{objects:?}").contains(SENSITIVE));
        assert!(!format!("{faults:?}").contains(SENSITIVE));
    }
}
