// The mini-program itself. It keeps no state and asks for nothing: the only page does all the work.
App({});
