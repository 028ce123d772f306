@@
@@
  switch (kind) {
- case OLD: ... break;
- case OLDER: ... break;
  }
