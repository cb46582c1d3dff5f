package main

import "os"

// hangUp does not exist in a browser.
var hangUp os.Signal
