//! Operations of patches: what each says of an object, as a part of one.

use crate::sources::kubernetes::{Body, Container, EnvValue, EnvVar, Object, Workload};
use crate::sources::kustomize::{Change, Operation};
use crate::text::Spanned;

/// What an operation says of an object, as a part of one; `None` if it says nothing that is ours.
pub(super) fn operated(object: &Object, operation: &Operation) -> Option<Object> {
    let said = |body: Body| Object { body, labels: Vec::new(), ..object.clone() };
    let Body::Workload(workload) = &object.body else {
        let (Change::Data(literal), Body::ConfigMap(_)) = (&operation.change, &object.body) else {
            return None;
        };
        return Some(said(Body::ConfigMap(vec![(literal.key.clone(), literal.value.clone())])));
    };
    let named = |is_init: bool, at: usize| {
        let list = if is_init { &workload.init_containers } else { &workload.containers };
        list.get(at)
    };
    let empty = |name: &Spanned<String>| Container::named(name.clone());
    let nameless = Spanned { value: String::new(), span: operation.span };
    let (is_init, container) = match &operation.change {
        Change::Image { container, is_init, image } => {
            let known = named(*is_init, *container)?;
            (*is_init, Container { image: Some(image.clone()), ..empty(&known.name) })
        }
        Change::EnvValue { container, is_init, variable, value } => {
            let known = named(*is_init, *container)?;
            let name = known.env.get(*variable)?.name.value.clone();
            let name = Spanned { value: name, span: value.span };
            let value = EnvValue::Literal(value.clone());
            let env = vec![EnvVar { name, value, span: operation.span }];
            (*is_init, Container { env, ..empty(&known.name) })
        }
        Change::Env(env) => (false, Container { env: env.clone(), ..empty(&nameless) }),
        Change::Words(words) => (false, Container { args: words.clone(), ..empty(&nameless) }),
        Change::Container { is_init, container } => (*is_init, (**container).clone()),
        Change::Data(_) => return None,
    };
    let mut workload = Workload::default();
    if is_init { &mut workload.init_containers } else { &mut workload.containers }.push(container);
    Some(said(Body::Workload(Box::new(workload))))
}
