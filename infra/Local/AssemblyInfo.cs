using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Syscribe.Local.Tests")]
