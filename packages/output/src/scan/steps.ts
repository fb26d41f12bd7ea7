/**
 * How many characters were examined so far, those of look-ahead and of a second reading included. It is what the
 * tests of linearity count; it is no part of the package's face.
 */
export const steps = { count: 0 };
