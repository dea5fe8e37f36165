//! The actions: one file per thing that a person or a machine can ask for.
