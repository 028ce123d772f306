@@
identifier p;
@@
  Frame
- p
+ *p = new_frame()
  ;

@@
identifier p;
@@
- Frame
+ struct frame
  *p = new_frame();
