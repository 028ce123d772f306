// says: 2:1: error: unterminated rule header: `@@` is missing after the declarations
@name@
expression a;
- f(a)
