//! What is read of a source, case by case.
