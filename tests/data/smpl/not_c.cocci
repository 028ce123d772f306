// says: 4:7: error: code not understood at `;`
@@
@@
- f(a +;
