# What the checks in tests/check share: our C files, and their text without comments and strings.
use strict;
use warnings;

our @FOLDERS = qw(base audit report db crawler daemon cli);
our @TEST_FOLDERS = qw(tests/unit tests/fuzz tests/bench tests/property tests/e2e);

# The C files of these folders, as paths below SOURCE, sorted.
sub c_files {
	my ($source, @folders) = @_;
	my @files;
	for my $folder (@folders) {
		push @files, map { s{^\Q$source\E/}{}r } sort(glob("$source/$folder/*.[ch]"));
	}
	return @files;
}

sub slurp {
	my ($path) = @_;
	open(my $file, '<', $path) or die "$path: $!\n";
	local $/;
	my $text = <$file>;
	return defined $text ? $text : '';
}

# The text with comments blanked, and the contents of strings and character constants too unless
# $keep_strings; line ends stay, so that lines can still be counted.
sub c_code {
	my ($text, $keep_strings) = @_;
	my $blank = sub { $_[0] =~ s/[^\n]/ /gr };
	$text =~ s{
		(/\*.*?\*/ | //[^\n]*) | "((?:[^"\\\n]|\\.)*)" | '((?:[^'\\\n]|\\.)+)'
	}{
		defined $1 ? $blank->($1)
		: defined $2 ? ($keep_strings ? "\"$2\"" : '"' . $blank->($2) . '"')
		: "'" . $blank->($3) . "'"
	}gsex;
	return $text;
}

# The number of the line on which byte $at of $text stands.
sub line_of {
	my ($text, $at) = @_;
	return 1 + (substr($text, 0, $at) =~ tr/\n//);
}

# The functions defined in code (see c_code), as { name, type, parameters, line, end_line, body, body_at }.
# Our layout is relied on: the brace of a function stands alone in the first column.
sub c_functions {
	my ($code) = @_;
	my @functions;
	while ($code =~ /^((?:[a-zA-Z_][^\n;{}#]*\n)(?:[ \t]+[^\n;{}#]*\n)*)\{\n(.*?)^\}/gms) {
		my ($head, $body, $at, $body_at) = ($1, $2, $-[1], $-[2]);
		my ($type, $name, $parameters) = split_head($head) or next;
		push @functions, {
			name => $name, type => $type, parameters => $parameters, body => $body,
			body_at => $body_at, line => line_of($code, $at), end_line => line_of($code, $+[0]),
		};
	}
	return @functions;
}

# The functions declared in a header's code, as c_functions tells them but for the body, and with the
# whole declaration and where it begins.
sub c_declarations {
	my ($code) = @_;
	my @declarations;
	$code =~ s/^[ \t]*#(?:[^\n]*\\\n)*[^\n]*/$& =~ s,[^\n], ,gr/gme;
	$code =~ s/\{(?:[^{}]|\{[^{}]*\})*\}/$& =~ s,[^\n], ,gr/ge;
	while ($code =~ /([^;]*);/g) {
		my ($head, $at) = ($1, $-[1]);
		$head =~ s/^(\s+)// and $at += length $1;
		next if $head =~ /^typedef\b/;
		my ($type, $name, $parameters) = split_head($head) or next;
		push @declarations, {
			name => $name, type => $type, parameters => $parameters,
			text => $head, at => $at, line => line_of($code, $at),
		};
	}
	return @declarations;
}

# "MUST_CHECK bool f(int a, struct err *err)" to its type without attributes, name and parameters.
sub split_head {
	my ($head) = @_;
	$head =~ s/\b(?:PRINTF_LIKE|CLEANUP|__attribute__)\s*(\((?:[^()]|(?1))*\))//g;
	$head =~ s/\b(?:static|inline|extern|MUST_CHECK|_Noreturn)\b//g;
	$head =~ /^\s*([\w\s*]*?)\b(\w+)\s*\((.*)\)\s*$/s or return;
	my ($type, $name, $parameters) = ($1, $2, $3);
	$type =~ s/\s+/ /g;
	$type =~ s/ $//;
	return ($type, $name, $parameters);
}

# Prints what was found and ends the check.
sub finish {
	my ($what, @faults) = @_;
	print "$_\n" for @faults;
	print scalar(@faults) ? scalar(@faults) . " faults\n" : "$what: none is at fault\n";
	exit(@faults ? 1 : 0);
}

1;
