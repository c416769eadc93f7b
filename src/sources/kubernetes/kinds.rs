//! The kinds of objects that are read, and the API groups in which their names mean what we read.

/// A kind of object that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "they are named as in Kubernetes")]
pub enum ObjectKind {
    Deployment,
    StatefulSet,
    DaemonSet,
    ReplicaSet,
    ReplicationController,
    Job,
    CronJob,
    Pod,
    /// A `Service` of Knative: a workload.
    KnativeService,
    /// A workload of OpenShift.
    DeploymentConfig,
    /// A workload of Argo.
    Rollout,
    Service,
    Ingress,
    HttpRoute,
    GrpcRoute,
    ConfigMap,
    Secret,
    PersistentVolumeClaim,
}

use ObjectKind as Kind;

/// Each name, the groups that it may be of, and what it is there; the core group has no name.
const KINDS: [(&str, &[&str], Kind); 18] = [
    ("Deployment", &["apps", "extensions"], Kind::Deployment),
    ("StatefulSet", &["apps"], Kind::StatefulSet),
    ("DaemonSet", &["apps", "extensions"], Kind::DaemonSet),
    ("ReplicaSet", &["apps", "extensions"], Kind::ReplicaSet),
    ("ReplicationController", &[""], Kind::ReplicationController),
    ("Job", &["batch", "extensions"], Kind::Job),
    ("CronJob", &["batch"], Kind::CronJob),
    ("Pod", &[""], Kind::Pod),
    ("Service", &[""], Kind::Service),
    ("Service", &["serving.knative.dev"], Kind::KnativeService),
    ("DeploymentConfig", &["", "apps.openshift.io"], Kind::DeploymentConfig),
    ("Rollout", &["argoproj.io"], Kind::Rollout),
    ("Ingress", &["networking.k8s.io", "extensions"], Kind::Ingress),
    ("HTTPRoute", &["gateway.networking.k8s.io"], Kind::HttpRoute),
    ("GRPCRoute", &["gateway.networking.k8s.io"], Kind::GrpcRoute),
    ("ConfigMap", &[""], Kind::ConfigMap),
    ("Secret", &[""], Kind::Secret),
    ("PersistentVolumeClaim", &[""], Kind::PersistentVolumeClaim),
];

impl ObjectKind {
    /// The first kind of a name, whatever its group: of two with one name the one that nearly everybody means.
    pub fn of_name(name: &str) -> Option<Self> {
        KINDS.iter().find(|(known, _, _)| *known == name).map(|(_, _, kind)| *kind)
    }

    /// What an `apiVersion` and a `kind` mean together; `None` if it is none of ours.
    pub fn of(api_version: &str, kind: &str) -> Option<Self> {
        let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
        let found = KINDS.iter().find(|(name, groups, _)| *name == kind && groups.contains(&group));
        found.map(|(_, _, kind)| *kind)
    }

    /// Its name as a manifest has it.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(_, _, kind)| *kind == self).map_or("", |(name, _, _)| name)
    }

    /// Whether it starts pods.
    pub fn is_workload(self) -> bool {
        !matches!(
            self,
            Kind::Service
                | Kind::Ingress
                | Kind::HttpRoute
                | Kind::GrpcRoute
                | Kind::ConfigMap
                | Kind::Secret
                | Kind::PersistentVolumeClaim
        )
    }
}

/// What a document or an entry of a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An object.
    Object(ObjectKind),
    /// A list, whose entries may say nothing of their kind if it does.
    List(Option<ObjectKind>),
}

impl Meaning {
    /// What an `apiVersion` and a `kind` mean together; `None` if it is none of ours.
    pub(super) fn of(api_version: &str, kind: &str) -> Option<Self> {
        if let Some(kind) = ObjectKind::of(api_version, kind) {
            return Some(Self::Object(kind));
        }
        match kind.strip_suffix("List")? {
            "" => (api_version == "v1").then_some(Self::List(None)),
            of => ObjectKind::of(api_version, of).map(|kind| Self::List(Some(kind))),
        }
    }
}

/// Whether a `kind` can be of ours in some group, a list of them included.
pub(super) fn is_known(kind: &str) -> bool {
    let is_one = |kind: &str| KINDS.iter().any(|(name, _, _)| *name == kind);
    kind == "List" || is_one(kind) || kind.strip_suffix("List").is_some_and(is_one)
}
