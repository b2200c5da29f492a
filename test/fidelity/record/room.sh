# The room a program is recorded in: run by `unshare`, in mount, host name and process namespaces of its own.
# $1 is the line of bash that runs the program.
hostname box
mount -t tmpfs tmpfs /home
mount -t tmpfs tmpfs /tmp
printf '%s' "PS1='\\[\\e[1;32m\\]user@box\\[\\e[m\\]:\\[\\e[34m\\]\\w\\[\\e[m\\]\\$ '" >/tmp/prompt
mkdir -p /home/user/project/src
cd /home/user || exit 1
printf '%s\n' '# Notes' '' 'A list of *things* to do.' '' '- first' '- second, which is rather longer than the first and wraps where the window is narrow enough' >notes.md
for number in $(seq 1 60); do
  printf 'def function_%d(value):\n    """Returns %d times the value."""\n    return value * %d  # \xe2\x88\x9e\n\n' "$number" "$number" "$number"
done >project/src/module.py
printf 'int main(void) {\n\treturn 0; /* \xe6\xbc\xa2\xe5\xad\x97 */\n}\n' >project/main.c
printf '.TH DEMO 1\n.SH NAME\ndemo \\- shows \\fBbold\\fR and \\fIunderlined\\fR words\n.SH DESCRIPTION\n' >demo.1
for number in $(seq 1 40); do
  printf '.TP\n.B \\-\\-option-%d\nThe option number %d, which does something that takes \\fImore than one line\\fR to be told in full, and ends here.\n' "$number" "$number"
done >>demo.1
exec bash -c "$1"
