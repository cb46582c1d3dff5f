package mutant

// Ways is the four ways of checking lastack, the cheapest first. None knows of
// another.
var Ways = []string{
	"scripts",    // packetdrill scripts: one end, exact segments
	"simulation", // two stacks on a network, with a referee
	"linux",      // the same words to lastack and to the kernel
	"check",      // exhaustive search
}

// Enough is how many ways have to notice a mutant.
const Enough = 2
