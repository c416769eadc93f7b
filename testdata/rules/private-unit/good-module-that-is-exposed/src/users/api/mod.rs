pub struct Id(u32);
