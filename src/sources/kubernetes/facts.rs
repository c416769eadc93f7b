//! What a Kubernetes manifest states, with the places where it stands.
//!
//! Invariant: no value of a `Secret` is in here, and of a variable that is named like a credential only a
//! connection string. Lists keep the order of the file.

use crate::text::{Span, Spanned};

use super::ObjectKind;

/// One object of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub kind: ObjectKind,
    /// Its `metadata.name`, or its `generateName` if that is all it has.
    pub name: Spanned<String>,
    /// Its `metadata.namespace`; without one, whoever applies it decides.
    pub namespace: Option<Spanned<String>>,
    /// Its own labels, as keys and values.
    pub labels: Vec<(String, String)>,
    /// What it says beyond that.
    pub body: Body,
}

/// What an object says, by its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Everything that starts pods.
    Workload(Box<Workload>),
    /// A `Service` of the core group.
    Service(ServiceBody),
    /// An `Ingress`, `HTTPRoute` or `GRPCRoute`: each place that names a service.
    Ingress(Vec<Backend>),
    /// A `ConfigMap`: keys and texts. There is none for what is binary, empty, or named like a credential.
    ConfigMap(Vec<(Spanned<String>, Option<Spanned<String>>)>),
    /// A `Secret`: its keys, and never a value.
    Secret(Vec<Spanned<String>>),
    /// A `PersistentVolumeClaim`.
    Claim,
}

/// What a `Service` leads to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ServiceBody {
    /// The labels of the pods that it leads to; none if something else decides.
    pub selector: Vec<(String, String)>,
    /// The host that it is another name for.
    pub external_name: Option<Spanned<String>>,
    /// Its ports.
    pub ports: Vec<Port>,
}

/// A service that an ingress or a route leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// The name of the service.
    pub service: Spanned<String>,
    /// Its namespace, where a route names one; otherwise that of the route.
    pub namespace: Option<Spanned<String>>,
}

/// A port of a service or a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// What others may call it.
    pub name: Option<Spanned<String>>,
    /// Its number: `port` of a service, `containerPort` of a container.
    pub port: Spanned<u16>,
    /// The `targetPort` of a service, a number or a name; none for a container.
    pub target: Option<Spanned<String>>,
}

/// The pods that a workload starts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workload {
    /// The labels of the pods, by which services find them.
    pub labels: Vec<(String, String)>,
    /// What runs as long as the pod does; init containers that are restarted always are among them.
    pub containers: Vec<Container>,
    /// What has to end before the others start.
    pub init_containers: Vec<Container>,
    /// What can be mounted. A projected volume is here once for each of its sources.
    pub volumes: Vec<Volume>,
    /// The names of the claims that a `StatefulSet` makes for each of its pods.
    pub claim_templates: Vec<Spanned<String>>,
    /// The secrets that its images are pulled with.
    pub pull_secrets: Vec<Spanned<String>>,
    /// The service account that it runs as.
    pub service_account: Option<Spanned<String>>,
    /// Whether its pods are in the network of the machine.
    pub host_network: bool,
    /// Hosts that its pods know by themselves.
    pub host_aliases: Vec<HostAlias>,
}

impl Workload {
    /// All containers, those first that run as long as the pod does.
    pub fn all_containers(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().chain(&self.init_containers)
    }

    /// The image of each container that names one.
    pub fn images(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.all_containers().filter_map(|container| container.image.as_ref())
    }
}

/// Names for an address that only the pods of a workload know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAlias {
    /// The address.
    pub ip: Option<Spanned<String>>,
    /// Its names.
    pub hostnames: Vec<Spanned<String>>,
}

/// One container of a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// Its name; an empty text where there is none, as Knative allows, at the place of the container.
    pub name: Spanned<String>,
    /// Its image; a patch may have none.
    pub image: Option<Spanned<String>>,
    /// What replaces the entry point of the image.
    pub command: Vec<Spanned<String>>,
    /// What the entry point is given.
    pub args: Vec<Spanned<String>>,
    /// Its variables, one by one.
    pub env: Vec<EnvVar>,
    /// Where it takes all variables from.
    pub env_from: Vec<EnvFrom>,
    /// Which volumes it mounts.
    pub mounts: Vec<Mount>,
    /// The ports that it says it listens on.
    pub ports: Vec<Port>,
}

impl Container {
    /// One of which nothing is said but its name.
    pub fn named(name: Spanned<String>) -> Self {
        Self {
            name,
            image: None,
            command: Vec::new(),
            args: Vec::new(),
            env: Vec::new(),
            env_from: Vec::new(),
            mounts: Vec::new(),
            ports: Vec::new(),
        }
    }
}

/// A variable of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvVar {
    /// Its name.
    pub name: Spanned<String>,
    /// Where its value comes from.
    pub value: EnvValue,
    /// The whole entry.
    pub span: Span,
}

/// Where the value of a variable comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvValue {
    /// It is written there, with references like `$(HOST)` in it; see [`super::expand_references`]. It is empty
    /// where the name is that of a credential, unless it holds `://`.
    Literal(Spanned<String>),
    /// One key of a `ConfigMap`.
    ConfigMapKey {
        /// The name of the map.
        map: Spanned<String>,
        /// The key.
        key: String,
    },
    /// One key of a `Secret`.
    SecretKey {
        /// The name of the secret.
        secret: Spanned<String>,
        /// The key.
        key: String,
    },
    /// A field of the pod, or what else Kubernetes fills in.
    Other,
}

/// Where a container takes all variables from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvFrom {
    /// What it is.
    pub source: EnvFromSource,
    /// Its name.
    pub name: Spanned<String>,
    /// What each variable's name begins with.
    pub prefix: Option<String>,
}

/// What variables can be taken from as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnvFromSource {
    /// A `ConfigMap`.
    ConfigMap,
    /// A `Secret`.
    Secret,
}

/// A volume in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// The name of the volume, or of the claim template.
    pub volume: Spanned<String>,
    /// Where it is.
    pub path: Option<Spanned<String>>,
}

/// A volume of a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// Its name in the pod.
    pub name: Spanned<String>,
    /// What is in it.
    pub source: VolumeSource,
}

/// What is in a volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VolumeSource {
    /// A `PersistentVolumeClaim`, by its name.
    Claim(Spanned<String>),
    /// A `Secret`, by its name.
    Secret(Spanned<String>),
    /// A `ConfigMap`, by its name.
    ConfigMap(Spanned<String>),
    /// A folder of the machine.
    HostPath(Spanned<String>),
    /// A folder that lives as long as the pod.
    EmptyDir,
    /// Something of a CSI driver, by the driver's name.
    Csi(Spanned<String>),
    /// Anything else.
    Other,
}
