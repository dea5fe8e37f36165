//! How values read: times, money, long identifiers. Pure, so that server and browser agree.
