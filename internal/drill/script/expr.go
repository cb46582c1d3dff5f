package script

// An ExprKind is a form of expression.
type ExprKind uint8

// The forms of expressions.
const (
	Ellipsis  ExprKind = iota // ...
	Integer                   // 10, 0x0a
	Word                      // SOCK_STREAM
	String                    // "text"
	Or                        // a | b
	Assign                    // name = value
	List                      // [a, b]
	Struct                    // {fd=1, events=POLLIN}, {..., 1000}, {onoff=1, linger=0}
	Invoke                    // htons(8080), inet_addr("192.0.2.1"), msg_name(...)
	Truncated                 // "text"...
)

// An Expr is an argument or a result of a system call.
type Expr struct {
	Pos
	Kind ExprKind
	Hex  bool    // Integer: it was written in hexadecimal
	Int  int64   // Integer
	Text string  // Word, String, Truncated; the name of an Assign or Invoke
	Args []*Expr // the parts
}

// Field is the value that a Struct gives to a field; nil if it gives none.
func (e *Expr) Field(name string) *Expr {
	for _, f := range e.Args {
		if f.Kind != Assign {
			continue
		}
		if f.Text == name || f.Text == "" && f.Args[0].Text == name {
			return f.Args[len(f.Args)-1]
		}
	}
	return nil
}
