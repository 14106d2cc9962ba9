//! Every language of the project, in the order of reports.

mod c_abi;
pub(crate) mod dotnet;
mod java;
mod node;
mod python;

use crate::language::Language;

/// All languages.
pub(crate) fn all() -> Vec<Box<dyn Language>> {
    vec![
        Box::new(python::Python),
        Box::new(node::Node),
        Box::new(java::Java),
        Box::new(dotnet::Dotnet),
    ]
}
