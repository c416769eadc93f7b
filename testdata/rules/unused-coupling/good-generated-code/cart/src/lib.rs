include!(concat!(env!("OUT_DIR"), "/cart.rs"));
