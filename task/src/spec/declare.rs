//! The macro that declares a kind of question.

/// Declares a kind of question: a struct with a [`Parameter`](crate::spec::Parameter) for each field, a `Default`
/// with the default values, and an implementation of [`Spec`](crate::spec::Spec).
///
/// See the example in the module [`spec`](mod@crate::spec).
#[macro_export]
macro_rules! spec {
    (
        $(#[$doc:meta])*
        $vis:vis struct $name:ident = $kind:literal {
            $($field:ident: $type:ty { default: $default:expr $(, $key:ident: $value:expr)* $(,)? })*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $(
                #[allow(missing_docs)] // the help documents the parameter
                $vis $field: $type,
            )*
        }

        impl $name {
            /// The descriptions of the parameters.
            $vis const PARAMETERS: &'static [$crate::spec::Parameter] = &[$(
                $crate::spec::Parameter {
                    name: stringify!($field),
                    default: $default,
                    $($key: $value,)*
                    ..$crate::spec::Parameter::NONE
                },
            )*];
        }

        impl Default for $name {
            fn default() -> Self {
                Self {
                    $($field: <$type as $crate::spec::Parse>::parse($default)
                        .expect("a usual value can be read"),)*
                }
            }
        }

        impl $crate::spec::Spec for $name {
            fn kind(&self) -> &'static str {
                $kind
            }

            fn parameters(&self) -> &'static [$crate::spec::Parameter] {
                Self::PARAMETERS
            }

            fn set(
                &mut self,
                name: &str,
                value: &$crate::spec::Json,
                base: &std::path::Path,
            ) -> Result<(), String> {
                match name {
                    $(stringify!($field) => {
                        self.$field = $crate::spec::Parse::read(value, base)?;
                    })*
                    _ => return Err(format!("{name:?} is no parameter of {}", $kind)),
                }
                Ok(())
            }

            fn get(&self, name: &str) -> $crate::spec::Json {
                match name {
                    $(stringify!($field) => $crate::spec::Parse::write(&self.$field),)*
                    _ => $crate::spec::Json::Null,
                }
            }

            fn difference(
                &self,
                other: &dyn $crate::spec::Spec,
            ) -> Option<&'static $crate::spec::Parameter> {
                let Some(other) = other.as_any().downcast_ref::<Self>() else {
                    return Self::PARAMETERS.first();
                };
                let same = [$(self.$field == other.$field),*];
                let at = same.iter().position(|same| !same)?;
                Self::PARAMETERS.get(at)
            }

            fn boxed(&self) -> Box<dyn $crate::spec::Spec> {
                Box::new(self.clone())
            }

            fn as_any(&self) -> &dyn std::any::Any {
                self
            }
        }
    };
}
