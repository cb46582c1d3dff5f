// Package layers holds the tests of the architecture: who may import whom, and
// what a package must not do. They read the source of the whole project.
package layers
