# lib.sh: what the end-to-end tests share. To be sourced with `source` and `build` set to the folders of both.
#
# Each test has a folder of its own ($work), with its own RTAUDIT_HOME, HOME and CARGO_HOME below it, so that nothing of
# the user's is read or changed. All that a test starts carries that folder's name in its arguments, and is ended by
# its process id when the test ends. What is waited for is asked for again, a bounded number of times.
faults=0
rtaudit=$build/rtaudit
PATH=$PATH:/usr/sbin # where servers are, and a user's own PATH does not lead

skip() { echo "skipped: $*"; exit 77; }
fault() { echo "FAULT: $*"; faults=$((faults + 1)); }
need() { for program; do command -v "$program" >/dev/null || skip "there is no $program"; done; }

[ -x "$rtaudit" ] && [ -x "$build/rtauditd" ] || skip "rtaudit and rtauditd are not built in $build"
for variable in $(env | sed -n 's/^\(RTAUDIT_[A-Z_]*\|XDG_[A-Z_]*\|CARGO_[A-Z_]*\|RUSTFLAGS\|NO_COLOR\|[a-z]*_proxy\)=.*/\1/p'); do
	unset "$variable"
done
work=$(mktemp -d) || exit 1
mkdir "$work/user"
export HOME=$work/user CARGO_HOME=$work/cargo RTAUDIT_HOME=$work/home LC_ALL=C

# mine: the process ids of what this test started and that still runs.
mine() {
	for folder in /proc/[0-9]*; do
		pid=${folder#/proc/}
		[ "$pid" = $$ ] && continue
		tr '\0' ' ' 2>/dev/null <"$folder/cmdline" | grep -qF -e "$work" && echo "$pid"
	done
}

# is_alive PID: a zombie, which nobody may reap here, is not.
is_alive() { grep -q '^State:.[^ZX]' "/proc/$1/status" 2>/dev/null; }

# until_true SECONDS COMMAND…: repeats a command, 20 times a second, until it succeeds; fails when the time is over.
until_true() {
	tries=$(($1 * 20))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.05
	done
}

has_ended() { ! is_alive "$1"; }

# end_process PID: asks it to end and sees to it that it does.
end_process() {
	kill "$1" 2>/dev/null
	until_true 10 has_ended "$1" || kill -KILL "$1" 2>/dev/null
}

cleanup() {
	[ $faults = 0 ] || show_log
	for pid in $(mine); do
		kill "$pid" 2>/dev/null
	done
	for pid in $(mine); do
		end_process "$pid"
	done
	rm -rf "$work"
}
show_log() {
	for log in "$work"/home*/rtauditd.log; do
		[ -e "$log" ] && { echo "--- end of ${log##"$work"/}:"; tail -n 15 "$log"; }
	done
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

# finish: the end of a test.
finish() { [ $faults = 0 ] && exit 0; echo "$faults faults"; exit 1; }

# run STATUS ARGUMENT…: runs rtaudit, bounded in time; its output is left in $work/out and $work/err.
run() {
	expected=$1
	shift
	timeout 120 "$rtaudit" "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ $status = "$expected" ] && return 0
	fault "rtaudit $*: status $status, not $expected; stderr: $(head -c 600 "$work/err")"
	return 1
}

# says TEXT: the last run's stderr is one line that holds it.
says() {
	[ "$(wc -l <"$work/err")" = 1 ] || fault "not one line on stderr: $(head -c 600 "$work/err")"
	grep -qF -e "$1" "$work/err" || fault "stderr has no '$1': $(head -c 600 "$work/err")"
}
# prints TEXT, prints_not TEXT: the last run's stdout holds it, or not.
prints() { grep -qF -e "$1" "$work/out" || fault "stdout has no '$1': $(head -c 1500 "$work/out")"; }
prints_not() { ! grep -qF -e "$1" "$work/out" || fault "stdout has '$1': $(grep -F -e "$1" "$work/out" | head -n 3)"; }

# daemon_pid: of the daemon at RTAUDIT_HOME, which is started where none runs.
daemon_pid() { "$rtaudit" status --quiet --format json 2>/dev/null | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' | head -n 1; }

# settings LINE…: writes the daemon's configuration; it holds from the next start or SIGHUP on.
settings() { mkdir -p "$RTAUDIT_HOME" && printf '%s\n' "$@" >"$RTAUDIT_HOME/rtauditd.toml"; }
