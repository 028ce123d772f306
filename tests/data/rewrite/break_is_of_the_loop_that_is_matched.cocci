@@
@@
  while (...) {
    <...
    leave();
+   noted();
    break;
    ...>
  }
