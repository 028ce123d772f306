// says: 4:4: error: code not understood at `(`
@@
@@
- f(a +;
