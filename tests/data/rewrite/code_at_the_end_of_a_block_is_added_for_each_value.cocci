@@
identifier func, buf;
@@
func(...) {
  ...
  grab(buf);
  ...
++ note(buf);
  work();
  ...
++ drop(buf);
}
