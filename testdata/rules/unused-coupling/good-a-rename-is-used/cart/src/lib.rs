use people as _;
