@@
statement S1, S2;
@@
  if (...)
    S1
  else
+ { trace("else");
    S2
+ }
