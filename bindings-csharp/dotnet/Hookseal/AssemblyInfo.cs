using System.Runtime.CompilerServices;

// Only blittable types cross the boundary, so no marshalling code is needed at run time.
[assembly: DisableRuntimeMarshalling]
