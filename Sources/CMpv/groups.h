// Loading a library with many others in groups, which is quicker.

#ifndef CMPV_GROUPS_H
#define CMPV_GROUPS_H

/// Loads what a library needs, and before that what each of those needs.
///
/// The loader looks for each symbol in all that is loaded at a time, one library after the other: in
/// groups libmpv's two hundred take two thirds of the time. Where two libraries define the same symbol
/// each then keeps to what it needs itself. Only looks where libraries usually lie; what does not come of
/// it comes when the library itself is loaded.
void cmpv_load_in_groups(const char *library);

#endif
