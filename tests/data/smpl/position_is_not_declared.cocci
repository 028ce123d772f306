// says: 4:4: error: `@` is not followed by a declared metavariable
@@
@@
- f@p()
