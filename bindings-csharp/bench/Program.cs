using Hookseal.Bench;

switch (args)
{
    case ["plivo"]:
        PlivoV3.Run();
        break;
    case ["github"]:
        BodyMac.Run();
        break;
    case []:
        PlivoV3.Run();
        BodyMac.Run();
        break;
    default:
        Console.Error.WriteLine($"no benchmark named {string.Join(' ', args)}: plivo, github");
        return 2;
}
return 0;
